import type { ReactNode } from "react";

const TONES = {
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  accent: "bg-accent-soft text-accent",
  plain: "bg-sunken text-muted",
} as const;

export type Tone = keyof typeof TONES;

export function Badge({ tone = "plain", children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center rounded-md px-2 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}

const STATUS_TONES: Readonly<Record<string, Tone>> = {
  ok: "good",
  done: "good",
  partial: "warn",
  running: "accent",
  queued: "plain",
  absent: "plain",
  full: "good",
  in_progress: "warn",
  na: "plain",
  degraded: "bad",
  error: "bad",
  failed: "bad",
};

export function StatusBadge({ status }: { readonly status: string }) {
  return <Badge tone={STATUS_TONES[status] ?? "plain"}>{status.replaceAll("_", " ")}</Badge>;
}
