import { useMutation, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Copyable } from "../parts/copy.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Failed } from "../parts/states.tsx";
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
const POLL_MS = 700;

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
      <div className="mt-4" aria-live="polite">
        {start.error !== null && <Failed error={start.error} />}
        {start.data !== undefined && <Job key={start.data.job.id} id={start.data.job.id} />}
      </div>
    </Panel>
  );
}

function Job({ id }: { readonly id: string }) {
  const poll = useQuery({
    queryKey: ["report-job", id],
    queryFn: () => api.reports.getJob.query({ job_id: id }),
    refetchInterval: ({ state }) =>
      state.data?.job.status === "done" || state.data?.job.status === "failed" ? false : POLL_MS,
  });
  if (poll.error !== null) return <Failed error={poll.error} />;
  const job = poll.data?.job;
  if (job === undefined) return null;
  if (job.status === "failed")
    return (
      <p className="rounded-lg bg-bad-soft px-4 py-3 text-sm text-bad">
        The report could not be made. The audit page says whether the chain is whole.
      </p>
    );
  if (job.status === "done" && job.report_url !== null) {
    return (
      <a
        href={job.report_url}
        download
        className="inline-flex h-9 items-center gap-2 rounded-lg bg-good-soft px-3.5 text-sm font-medium text-good"
      >
        <Download className="size-4" aria-hidden />
        Download the report
      </a>
    );
  }
  const percent = Math.round(job.progress * 100);
  return (
    <div
      role="progressbar"
      aria-label="Making the report"
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div className="h-2 overflow-hidden rounded-full bg-sunken">
        <div className="h-full bg-accent transition-all" style={{ width: `${Math.max(percent, 3)}%` }} />
      </div>
      <p className="mt-1 text-xs text-muted">{percent} %</p>
    </div>
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
