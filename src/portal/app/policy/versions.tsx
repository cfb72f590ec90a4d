import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { SelectField } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { DiffList } from "./diff-list.tsx";

/** Stands for the text in the editor, which has no version yet. */
const EDITOR = "editor";

interface VersionsProps {
  readonly name: string;
  readonly yaml: string;
  /** Absent for those who may not write. */
  readonly onTake?: ((yaml: string) => void) | undefined;
}

/** What changes in detection between any two versions, or between one and the editor; an old one can be taken up again. */
export function Versions({ name, yaml, onTake }: VersionsProps) {
  const versions = useQuery({
    queryKey: ["policy", name, "versions"],
    queryFn: () => api.policies.versions.query({ name, limit: 100 }),
  });
  const [from, setFrom] = useState("");
  const [to, setTo] = useState(EDITOR);
  const side = (version: string) =>
    version === EDITOR ? { policy_yaml: yaml } : { policy_name: name, version: Number(version) };
  const diff = useQuery({
    queryKey: ["policy", name, "diff", side(from), side(to)],
    queryFn: () => api.policies.diff.mutate({ from: side(from), to: side(to) }),
    enabled: from !== "" && from !== to,
  });
  const take = useMutation({
    mutationFn: () => api.policies.get.query({ name, version: Number(from) }),
    onSuccess: ({ policy }) => onTake?.(policy.policy_yaml),
  });
  const rows = versions.data?.data ?? [];
  const choices = rows.map((one) => [String(one.version), `Version ${one.version}`] as const);
  const old = rows.find((one) => String(one.version) === from);
  return (
    <Panel title="Versions">
      {versions.error !== null && <Failed error={versions.error} />}
      {versions.isPending && <Loading lines={2} />}
      <div className="grid items-end gap-4 md:grid-cols-[1fr_1fr_auto]">
        <SelectField
          label="What changes from"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          options={[["", "Choose a version"], ...choices]}
        />
        <SelectField
          label="to"
          value={to}
          onChange={(event) => setTo(event.target.value)}
          options={[[EDITOR, "The text in the editor"], ...choices]}
        />
        {onTake !== undefined && (
          <Button disabled={from === ""} busy={take.isPending} onClick={() => take.mutate()}>
            Take it into the editor
          </Button>
        )}
      </div>
      {old !== undefined && old.created_at !== null && (
        <p className="mt-2 text-sm text-muted">
          Version {old.version} was saved <Time iso={old.created_at} />
          {old.created_by !== null && ` by ${old.created_by}`}.
        </p>
      )}
      {take.error !== null && <Failed error={take.error} />}
      {diff.error !== null && from !== to && <Failed error={diff.error} />}
      {from !== "" && from === to && <p className="mt-3 text-sm text-muted">Choose two versions that differ.</p>}
      {from !== to && diff.data !== undefined && <DiffList diff={diff.data} />}
    </Panel>
  );
}
