import { FileJson, FileText } from "lucide-react";

interface ReportButtonsProps {
  readonly scope: { readonly session_id: string } | { readonly agent_id: string };
  /** Window of an agent's report, as the API takes it. */
  readonly since?: string;
}

/** Download links of a compliance report; the direct GET waits until it is made. */
export function ReportButtons({ scope, since }: ReportButtonsProps) {
  const base =
    "session_id" in scope ? `/api/v1/sessions/${scope.session_id}/report` : `/api/v1/agents/${scope.agent_id}/report`;
  const window = since === undefined ? "" : `&since=${encodeURIComponent(since)}`;
  const look =
    "inline-flex h-9 items-center gap-2 rounded-lg border bg-panel px-3.5 text-sm font-medium hover:bg-sunken";
  return (
    <>
      <a className={look} href={`${base}?format=pdf${window}`} download>
        <FileText className="size-4" aria-hidden />
        Report (PDF)
      </a>
      <a className={look} href={`${base}?format=json${window}`} download>
        <FileJson className="size-4" aria-hidden />
        JSON
      </a>
    </>
  );
}
