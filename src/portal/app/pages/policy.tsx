import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { api, type Outputs } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { LinkButton } from "../parts/link-button.tsx";
import { PageHead } from "../parts/panel.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { TryOut } from "../policy/try-out.tsx";
import { UsedBy } from "../policy/used-by.tsx";
import { Versions } from "../policy/versions.tsx";
import { useMay } from "../signed-in.tsx";

const YamlEditor = lazy(() => import("../policy/yaml-editor.tsx"));

type Policy = Outputs["policies"]["get"]["policy"];
type Problem = Outputs["policies"]["validate"]["problems"][number];

const BASE = "healthcare-default";

/** `name` opens a policy; without it a new one begins from `from`, or from the default. */
export default function PolicyPage() {
  const search = new URLSearchParams(useSearch());
  const name = search.get("name");
  const base = name ?? search.get("from") ?? BASE;
  const source = useQuery({ queryKey: ["policy", base], queryFn: () => api.policies.get.query({ name: base }) });
  if (source.error !== null) return <Failed error={source.error} onRetry={() => source.refetch()} />;
  if (source.data === undefined) return <Loading lines={8} />;
  const { policy } = source.data;
  return <Editor key={`${name}@${base}@${policy.version}`} policy={policy} isNew={name === null} />;
}

function Editor({ policy, isNew }: { readonly policy: Policy; readonly isNew: boolean }) {
  const mayWrite = useMay("policies:write");
  const own = isNew || policy.source === "database";
  const start = isNew ? policy.policy_yaml.replace(/^name:.*$/m, "name: my-policy") : policy.policy_yaml;
  const [yaml, setYaml] = useState(start);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["policies"] }),
      queries.invalidateQueries({ queryKey: ["policy"] }),
    ]);
  const save = useMutation({
    mutationFn: () =>
      isNew
        ? api.policies.create.mutate({ policy_yaml: yaml })
        : api.policies.update.mutate({ name: policy.name, policy_yaml: yaml }),
    onSuccess: async (answer) => {
      await refresh();
      navigate(`/policies/edit?name=${encodeURIComponent(answer.policy.name)}`);
    },
  });
  const remove = useMutation({
    mutationFn: () => api.policies.delete.mutate({ name: policy.name }),
    onSuccess: async () => {
      navigate("/policies");
      await queries.invalidateQueries({ queryKey: ["policies"] });
    },
  });
  const validate = async (text: string) => {
    const found = await api.policies.validate.mutate({ policy_yaml: text });
    setProblems(found.problems);
    return found.problems;
  };
  const readOnly = !mayWrite || !own;
  return (
    <>
      <PageHead
        title={isNew ? "New policy" : policy.name}
        hint={hintOf(mayWrite, own)}
        actions={
          <>
            {!isNew && <Badge>version {policy.version}</Badge>}
            {!isNew && <Badge tone={own ? "accent" : "plain"}>{policy.source}</Badge>}
            {mayWrite && !own && (
              <LinkButton href={`/policies/edit?from=${encodeURIComponent(policy.name)}`}>
                New policy from this one
              </LinkButton>
            )}
            {mayWrite && own && !isNew && (
              <Confirm
                action="Delete"
                confirm="Delete the policy"
                title={`Delete ${policy.name}?`}
                hint="Only a policy that no agent uses can be deleted. Its versions stay for the reports."
                busy={remove.isPending}
                error={remove.error}
                onConfirm={() => remove.mutate()}
              />
            )}
            {!readOnly && (
              <Button
                look="primary"
                busy={save.isPending}
                disabled={(yaml === start && !isNew) || problems.length > 0}
                onClick={() => save.mutate()}
              >
                {isNew ? "Create" : "Save a new version"}
              </Button>
            )}
          </>
        }
      />
      <div className="space-y-5">
        {save.error !== null && <Failed error={save.error} />}
        <div className="space-y-2">
          <Suspense fallback={<Loading lines={10} />}>
            <YamlEditor value={yaml} readOnly={readOnly} onChange={setYaml} validate={validate} />
          </Suspense>
          <Problems problems={problems} />
        </div>
        <TryOut yaml={yaml} />
        {!isNew && <UsedBy name={policy.name} count={policy.agent_count} />}
        {!isNew && own && <Versions name={policy.name} yaml={yaml} onTake={readOnly ? undefined : setYaml} />}
      </div>
    </>
  );
}

function hintOf(mayWrite: boolean, own: boolean): string {
  if (!own) return "Built in, or from a file: it cannot be edited here.";
  return mayWrite ? "Problems show at their line as you type." : "Changing it needs the permission policies:write.";
}

function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <ul role="status" aria-label="Problems" className="space-y-1 text-sm text-bad empty:hidden">
      {problems.map(({ line, path, message }) => (
        <li key={`${line} ${path} ${message}`}>
          Line {line}: {path !== "" && <code className="font-mono text-xs">{path}</code>} {message}
        </li>
      ))}
    </ul>
  );
}
