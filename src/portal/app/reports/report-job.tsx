import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { api } from "../api.ts";
import { Failed } from "../parts/states.tsx";

const POLL_MS = 700;

/** Follows a report that is being made, up to its download. */
export function ReportJob({ id }: { readonly id: string }) {
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
      <p role="alert" className="rounded-lg bg-bad-soft px-4 py-3 text-sm text-bad">
        The report could not be made{job.error_code === null ? "" : ` (${job.error_code.replaceAll("_", " ")})`}. The
        audit page says whether the chain is whole. Job <code className="font-mono text-xs">{job.id}</code>.
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
      <p className="mt-1 text-xs text-muted">
        {job.status === "queued" ? "Waiting for its turn" : `Checking and writing, ${percent} %`}
      </p>
    </div>
  );
}
