import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Copyable } from "../parts/copy.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Failed } from "../parts/states.tsx";
import { ReportJob } from "../reports/report-job.tsx";
import { VerifyReport } from "../reports/verify-report.tsx";

const WINDOWS = [
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
  ["90d", "Last 90 days"],
  ["365d", "Last year"],
] as const;
const FORMATS = [
  ["pdf", "PDF, for auditors"],
  ["json", "JSON, for programs"],
] as const;

export default function Reports() {
  return (
    <>
      <PageHead
        title="Reports"
        hint="What was masked, how it was measured, and that the record is whole: signed, and without any patient's data."
      />
      <div className="space-y-5">
        <Generate />
        <VerifyReport />
        <PublicKey />
      </div>
    </>
  );
}

function Generate() {
  const [form, setForm] = useState({ scope: "account", session: "", since: "30d", format: "pdf" as "pdf" | "json" });
  const agents = useQuery({ queryKey: ["agents", "names"], queryFn: () => api.agents.list.query({ limit: 100 }) });
  const start = useMutation({
    mutationFn: () =>
      api.reports.createJob.mutate({
        format: form.format,
        ...(form.scope === "session"
          ? { session_id: form.session.trim() }
          : { since: form.since, ...(form.scope === "account" ? {} : { agent_id: form.scope }) }),
      }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  const scopes = [
    ["account", "The whole account"],
    ["session", "One session"],
    ...(agents.data?.data ?? []).map((agent) => [agent.id, `Agent ${agent.name}`] as const),
  ] as const;
  return (
    <Panel title="Make a report">
      <form onSubmit={submit} className="grid items-end gap-4 md:grid-cols-4">
        <SelectField
          label="About"
          value={form.scope}
          options={scopes}
          onChange={(event) => setForm({ ...form, scope: event.target.value })}
        />
        {form.scope === "session" ? (
          <TextField
            label="Session id"
            required
            placeholder="sess_…"
            value={form.session}
            onChange={(event) => setForm({ ...form, session: event.target.value })}
          />
        ) : (
          <SelectField
            label="Window"
            value={form.since}
            options={WINDOWS}
            onChange={(event) => setForm({ ...form, since: event.target.value })}
          />
        )}
        <SelectField
          label="Form"
          value={form.format}
          options={FORMATS}
          onChange={(event) => setForm({ ...form, format: event.target.value as "pdf" | "json" })}
        />
        <Button type="submit" look="primary" busy={start.isPending}>
          Make the report
        </Button>
      </form>
      <div className="mt-4 empty:hidden" aria-live="polite">
        {start.error !== null && <Failed error={start.error} />}
        {start.data !== undefined && <ReportJob key={start.data.job.id} id={start.data.job.id} />}
      </div>
    </Panel>
  );
}

function PublicKey() {
  const key = useQuery({ queryKey: ["report-key"], queryFn: () => api.reports.publicKey.query() });
  if (key.data === undefined) return null;
  return (
    <Panel title="Public key of this installation" actions={<Badge>{key.data.alg}</Badge>}>
      <p className="mb-2 text-sm text-muted">
        Give it to the auditor: with it a report is checked anywhere, without this server.
      </p>
      <Copyable text={key.data.public_key} />
    </Panel>
  );
}
