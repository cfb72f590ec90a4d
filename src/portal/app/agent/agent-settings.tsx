import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed } from "../parts/states.tsx";
import type { Agent } from "./agent.ts";

const ON_BLOCK = [
  ["error", "Answer with an error"],
  ["say", "Say a sentence to the caller"],
] as const;

export function AgentSettings({ agent, mayWrite }: { readonly agent: Agent; readonly mayWrite: boolean }) {
  const queries = useQueryClient();
  const policies = useQuery({ queryKey: ["policies"], queryFn: () => api.policies.list.query({ limit: 100 }) });
  const [form, setForm] = useState({
    name: agent.name,
    upstream: agent.upstream,
    policy_name: agent.policy_name,
    on_block: agent.on_block,
    block_message: agent.block_message ?? "",
  });
  const save = useMutation({
    mutationFn: () =>
      api.agents.update.mutate({
        agent_id: agent.id,
        name: form.name.trim(),
        upstream: form.upstream.trim(),
        policy_name: form.policy_name,
        on_block: form.on_block,
        ...(form.on_block === "say" ? { block_message: form.block_message } : {}),
      }),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["agent", agent.id] }),
        queries.invalidateQueries({ queryKey: ["agents"] }),
      ]),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const names = policies.data?.data.map((policy) => policy.name) ?? [agent.policy_name];
  return (
    <Panel title="Settings">
      <form onSubmit={submit}>
        <fieldset disabled={!mayWrite} className="grid gap-4 md:grid-cols-2">
          <legend className="sr-only">Settings of the agent</legend>
          <TextField
            label="Name"
            required
            maxLength={64}
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.target.value })}
          />
          <TextField
            label="Model"
            required
            value={form.upstream}
            onChange={(event) => setForm({ ...form, upstream: event.target.value })}
          />
          <SelectField
            label="Policy"
            value={form.policy_name}
            options={names.map((name) => [name, name] as const)}
            onChange={(event) => setForm({ ...form, policy_name: event.target.value })}
          />
          <SelectField
            label="When a request is refused"
            value={form.on_block}
            options={ON_BLOCK}
            onChange={(event) => setForm({ ...form, on_block: event.target.value as typeof form.on_block })}
          />
          {form.on_block === "say" && (
            <TextField
              label="Sentence"
              required
              value={form.block_message}
              placeholder="One moment please, let me get a colleague."
              onChange={(event) => setForm({ ...form, block_message: event.target.value })}
            />
          )}
        </fieldset>
        {save.error !== null && (
          <div className="mt-4">
            <Failed error={save.error} />
          </div>
        )}
        {mayWrite && (
          <div className="mt-4 flex items-center gap-3">
            <Button type="submit" look="primary" busy={save.isPending}>
              Save
            </Button>
            <span role="status" className="text-sm text-good">
              {save.isSuccess ? "Saved." : ""}
            </span>
          </div>
        )}
      </form>
    </Panel>
  );
}
