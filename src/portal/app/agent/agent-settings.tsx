import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { AreaField, SelectField, TextField } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed } from "../parts/states.tsx";
import type { Agent } from "./agent.ts";
import { ModelField } from "./model-field.tsx";
import { PlatformAuth } from "./platform-auth.tsx";
import { BAA_PARTIES, formOf, type SettingsForm, updateOf } from "./settings-form.ts";

const ON_BLOCK = [
  ["error", "Answer with an error"],
  ["say", "Say a sentence to the caller"],
] as const;

export function AgentSettings({ agent, mayWrite }: { readonly agent: Agent; readonly mayWrite: boolean }) {
  const queries = useQueryClient();
  const [form, setForm] = useState(() => formOf(agent));
  const save = useMutation({
    mutationFn: () => api.agents.update.mutate(updateOf(agent.id, form)),
    onSuccess: () => {
      setForm({ ...form, header: { ...form.header, secret: "" }, hmac: { ...form.hmac, secret: "" } });
      return Promise.all([
        queries.invalidateQueries({ queryKey: ["agent", agent.id] }),
        queries.invalidateQueries({ queryKey: ["agents"] }),
      ]);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Panel title="Settings">
      <form onSubmit={submit}>
        <fieldset disabled={!mayWrite} className="min-w-0 space-y-6">
          <legend className="sr-only">Settings of the agent</legend>
          <General form={form} onChange={setForm} />
          <Section title="Who may send requests">
            <PlatformAuth agent={agent} form={form} onChange={setForm} />
          </Section>
          <Section title="Agreements (BAA) along the way">
            <Agreements form={form} onChange={setForm} />
          </Section>
        </fieldset>
        {save.error !== null && (
          <div className="mt-4">
            <Failed error={save.error} />
          </div>
        )}
        {mayWrite ? (
          <div className="mt-5 flex items-center gap-3 border-t pt-4">
            <Button type="submit" look="primary" busy={save.isPending}>
              Save
            </Button>
            <span role="status" className="text-sm text-good">
              {save.isSuccess ? "Saved." : ""}
            </span>
          </div>
        ) : (
          <p className="mt-4 text-sm text-muted">Changing them needs the permission agents:write.</p>
        )}
      </form>
    </Panel>
  );
}

interface PartProps {
  readonly form: SettingsForm;
  readonly onChange: (form: SettingsForm) => void;
}

function General({ form, onChange }: PartProps) {
  const policies = useQuery({ queryKey: ["policies"], queryFn: () => api.policies.list.query({ limit: 100 }) });
  const names = policies.data?.data.map((policy) => policy.name) ?? [form.policy_name];
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <TextField
        label="Name"
        required
        maxLength={64}
        value={form.name}
        onChange={(event) => onChange({ ...form, name: event.target.value })}
      />
      <ModelField required value={form.upstream} onChange={(upstream) => onChange({ ...form, upstream })} />
      <SelectField
        label="Policy"
        value={form.policy_name}
        options={names.map((name) => [name, name] as const)}
        onChange={(event) => onChange({ ...form, policy_name: event.target.value })}
      />
      <SelectField
        label="When a request is refused"
        value={form.on_block}
        options={ON_BLOCK}
        onChange={(event) => onChange({ ...form, on_block: event.target.value as typeof form.on_block })}
      />
      {form.on_block === "say" && (
        <TextField
          label="Sentence"
          required
          value={form.block_message}
          placeholder="One moment please, let me get a colleague."
          onChange={(event) => onChange({ ...form, block_message: event.target.value })}
        />
      )}
      <AreaField
        label="Other models that a request may name"
        mono
        rows={2}
        hint="One a line. Empty: only the model above."
        value={form.allowed_models}
        onChange={(event) => onChange({ ...form, allowed_models: event.target.value })}
      />
    </div>
  );
}

function Agreements({ form, onChange }: PartProps) {
  return (
    <>
      <p className="mb-3 text-sm text-muted">
        Who handles the call, and since when an agreement with them is in force. It stands in the compliance reports.
      </p>
      <div className="grid gap-x-6 gap-y-4 md:grid-cols-2">
        {BAA_PARTIES.map(([party, title]) => {
          const set = (change: Partial<(typeof form.baa)[typeof party]>) =>
            onChange({ ...form, baa: { ...form.baa, [party]: { ...form.baa[party], ...change } } });
          return (
            <div key={party} className="grid grid-cols-[1fr_9.5rem] gap-2">
              <TextField
                label={title}
                maxLength={128}
                value={form.baa[party].name}
                onChange={(event) => set({ name: event.target.value })}
              />
              <TextField
                label="Since"
                aria-label={`${title}: agreement since`}
                type="date"
                disabled={form.baa[party].name.trim() === ""}
                value={form.baa[party].date}
                onChange={(event) => set({ date: event.target.value })}
              />
            </div>
          );
        })}
      </div>
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="border-t pt-5">
      <h3 className="mb-3 text-sm font-semibold">{title}</h3>
      {children}
    </div>
  );
}
