import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Copyable } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { SecretOnce } from "../parts/secret-once.tsx";
import { Failed } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import type { Agent } from "./agent.ts";

/** Agent keys: what a platform sends as its API key. A secret is shown once, when it is made. */
export function AgentKeys({ agent }: { readonly agent: Agent }) {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["agent", agent.id] });
  const create = useMutation({
    mutationFn: () => api.agents.createKey.mutate({ agent_id: agent.id }),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: (keyId: string) => api.agents.deleteKey.mutate({ agent_id: agent.id, key_id: keyId }),
    onSuccess: refresh,
  });
  return (
    <Panel
      title="Agent keys"
      actions={
        <Button
          icon={<KeyRound className="size-4" aria-hidden />}
          busy={create.isPending}
          onClick={() => create.mutate()}
        >
          New key
        </Button>
      }
    >
      {create.error !== null && <Failed error={create.error} />}
      {create.data !== undefined && (
        <div className="mb-3">
          <SecretOnce hint="Shown this once. Give it to the platform as its API key." secret={create.data.secret} />
        </div>
      )}
      {agent.keys.length === 0 ? (
        <p className="text-sm text-muted">
          No key.{" "}
          {agent.platform_auth.key_required
            ? "Until there is one, every request is refused."
            : "The agent answers whoever knows its URL."}
        </p>
      ) : (
        <ul className="divide-y text-sm">
          {agent.keys.map((key) => (
            <li key={key.id} className="flex flex-wrap items-center justify-between gap-3 py-2">
              <Copyable text={key.id} />
              <span className="text-muted">
                made <Time iso={key.created_at} relative />
                {key.last_used_at === null ? ", never used" : ", used "}
                {key.last_used_at !== null && <Time iso={key.last_used_at} relative />}
              </span>
              <Confirm
                action="Delete"
                confirm="Delete the key"
                title="Delete this key?"
                hint="Whoever uses it is refused from the next request on."
                busy={remove.isPending}
                error={remove.error}
                onConfirm={() => remove.mutate(key.id)}
              />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
