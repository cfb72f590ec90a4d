import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { api } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { Highlight } from "../parts/kind.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { cutAtTokens } from "../session/align.ts";
import { useMay } from "../signed-in.tsx";

const YamlEditor = lazy(() => import("../policy/yaml-editor.tsx"));

const BASE = "healthcare-default";
const SAMPLE = "This is Priya Raman, my member number is W 8 2 3 4 4 1 and I was born march fourteenth 1982.";

export default function PolicyPage() {
  const name = new URLSearchParams(useSearch()).get("name");
  const source = useQuery({
    queryKey: ["policy", name ?? BASE],
    queryFn: () => api.policies.get.query({ name: name ?? BASE }),
  });
  if (source.error !== null) return <Failed error={source.error} onRetry={() => source.refetch()} />;
  if (source.data === undefined) return <Loading lines={8} />;
  const policy = source.data.policy;
  const start = name === null ? policy.policy_yaml.replace(/^name:.*$/m, "name: my-policy") : policy.policy_yaml;
  return (
    <Editor
      key={`${name}@${policy.version}`}
      name={name}
      version={policy.version}
      start={start}
      builtIn={name !== null && policy.source !== "database"}
    />
  );
}

interface EditorProps {
  readonly name: string | null;
  readonly version: number;
  readonly start: string;
  readonly builtIn: boolean;
}

function Editor({ name, version, start, builtIn }: EditorProps) {
  const mayWrite = useMay("policies:write");
  const [yaml, setYaml] = useState(start);
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      name === null
        ? api.policies.create.mutate({ policy_yaml: yaml })
        : api.policies.update.mutate({ name, policy_yaml: yaml }),
    onSuccess: async (answer) => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["policies"] }),
        queries.invalidateQueries({ queryKey: ["policy"] }),
      ]);
      navigate(`/policies/edit?name=${encodeURIComponent(answer.policy.name)}`);
    },
  });
  const validate = async (text: string) => (await api.policies.validate.mutate({ policy_yaml: text })).problems;
  const readOnly = !mayWrite || builtIn;
  return (
    <>
      <PageHead
        title={name ?? "New policy"}
        hint={
          builtIn
            ? "Built in, or from a file: it cannot be edited here. Start a new policy from it."
            : "Problems show at their line as you type."
        }
        actions={
          <>
            {name !== null && <Badge>version {version}</Badge>}
            {!readOnly && (
              <Button
                look="primary"
                busy={save.isPending}
                disabled={yaml === start && name !== null}
                onClick={() => save.mutate()}
              >
                {name === null ? "Create" : "Save a new version"}
              </Button>
            )}
          </>
        }
      />
      <div className="space-y-5">
        {save.error !== null && <Failed error={save.error} />}
        <Suspense fallback={<Loading lines={10} />}>
          <YamlEditor value={yaml} readOnly={readOnly} onChange={setYaml} validate={validate} />
        </Suspense>
        <TryOut yaml={yaml} />
        {name !== null && !builtIn && <Versions name={name} yaml={yaml} />}
      </div>
    </>
  );
}

function TryOut({ yaml }: { readonly yaml: string }) {
  const [text, setText] = useState(SAMPLE);
  const mask = useMutation({ mutationFn: () => api.detect.mask.mutate({ text, policy_yaml: yaml }) });
  return (
    <Panel
      title="Try it before saving"
      actions={
        <Button busy={mask.isPending} onClick={() => mask.mutate()}>
          Mask
        </Button>
      }
    >
      <TextField label="Sample" quiet value={text} onChange={(event) => setText(event.target.value)} />
      {mask.error !== null && (
        <div className="mt-3">
          <Failed error={mask.error} />
        </div>
      )}
      {mask.data !== undefined && (
        <p className="mt-3 text-sm leading-relaxed break-words" aria-live="polite">
          {cutAtTokens(mask.data.masked ?? "").map((piece, at) =>
            piece.kind === null ? (
              piece.text
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text keep their order
              <Highlight key={at} kind={piece.kind}>
                {piece.text}
              </Highlight>
            ),
          )}
        </p>
      )}
    </Panel>
  );
}

function Versions({ name, yaml }: { readonly name: string; readonly yaml: string }) {
  const versions = useQuery({
    queryKey: ["policy", name, "versions"],
    queryFn: () => api.policies.versions.query({ name, limit: 50 }),
  });
  const [chosen, setChosen] = useState("");
  const old = versions.data?.data.find((one) => String(one.version) === chosen);
  const diff = useQuery({
    queryKey: ["policy", name, "diff", chosen, yaml],
    queryFn: () =>
      api.policies.diff.mutate({ from: { policy_name: name, version: old?.version ?? 1 }, to: { policy_yaml: yaml } }),
    enabled: old !== undefined,
  });
  return (
    <Panel title="Versions">
      {versions.error !== null && <Failed error={versions.error} />}
      <div className="max-w-md">
        <SelectField
          label="Compare what is in the editor with"
          value={chosen}
          onChange={(event) => setChosen(event.target.value)}
          options={[
            ["", "Choose a version"],
            ...(versions.data?.data ?? []).map((one) => [String(one.version), `Version ${one.version}`] as const),
          ]}
        />
      </div>
      {old !== undefined && old.created_at !== null && (
        <p className="mt-2 text-sm text-muted">
          Saved <Time iso={old.created_at} />
        </p>
      )}
      {diff.error !== null && <Failed error={diff.error} />}
      {diff.data !== undefined && (
        <ul className="mt-3 space-y-1 text-sm">
          {diff.data.changes.length + diff.data.kinds_added.length + diff.data.kinds_removed.length === 0 && (
            <li className="text-muted">Nothing changes in what is detected.</li>
          )}
          {diff.data.kinds_added.map((kind) => (
            <li key={`+${kind}`}>
              <Badge tone="good">added</Badge> {kind}
            </li>
          ))}
          {diff.data.kinds_removed.map((kind) => (
            <li key={`-${kind}`}>
              <Badge tone="bad">removed</Badge> {kind}
            </li>
          ))}
          {diff.data.changes.map((change) => (
            <li key={`${change.path}`}>
              <code className="font-mono text-xs">{change.path}</code>: {String(change.from)} →{" "}
              <strong>{String(change.to)}</strong>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
