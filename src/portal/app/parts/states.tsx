import { CloudOff, Inbox, Lock, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { errorFacts } from "../api.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy.tsx";

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** Nothing here yet, and what to do about it. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-10 text-center">
      <Inbox className="size-7 text-muted" aria-hidden />
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="max-w-md text-sm text-muted">{children}</div>}
    </div>
  );
}

/** Grey lines where content is coming. */
export function Loading({ lines = 4 }: { readonly lines?: number }) {
  return (
    <div className="space-y-3 py-2" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
          key={line}
          className="h-4 animate-pulse rounded bg-sunken"
          style={{ width: `${92 - ((line * 17) % 45)}%` }}
        />
      ))}
    </div>
  );
}

interface FailedProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** A failed call in plain words, with the request id that the log holds. */
export function Failed({ error, onRetry }: FailedProps) {
  const facts = errorFacts(error);
  const Icon = facts.code === "forbidden" ? Lock : facts.code === "connection_lost" ? CloudOff : TriangleAlert;
  return (
    <div role="alert" className="flex items-start gap-3 rounded-lg bg-bad-soft px-4 py-3 text-sm text-bad">
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="font-medium">{facts.message}</p>
        {facts.details.map((detail) => (
          <p key={`${detail.path}:${detail.message}`}>
            {detail.line !== undefined && `Line ${detail.line}: `}
            {detail.path !== "" && <code className="font-mono">{detail.path}</code>} {detail.message}
          </p>
        ))}
        {facts.requestId !== null && (
          <p className="flex items-center gap-1 text-xs">
            Request <code className="font-mono">{facts.requestId}</code>
            <CopyButton text={facts.requestId} label="Copy request id" />
          </p>
        )}
      </div>
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
