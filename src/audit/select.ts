/** Events of a log for people to look at: read from the files alone, each checked before it is shown. */
import type { AuditEvent } from "./event.ts";
import { type LogFiles, nodeFiles } from "./files.ts";
import { listSegments, parseSegmentPath } from "./segment.ts";
import { type LogBreak, walkLog } from "./walk.ts";

export interface EventFilter {
  readonly kind?: string;
  readonly sessionId?: string;
  readonly agentId?: string;
  /** Epoch ms, inclusive. */
  readonly since?: number;
}

export interface SelectOptions {
  /** The log, or one segment, or a copy of either. */
  readonly path: string;
  readonly key: Uint8Array;
  readonly filter: EventFilter;
  /** Only the last so many; null: all. */
  readonly last: number | null;
  readonly show: (event: AuditEvent) => Promise<void>;
  readonly files?: LogFiles;
}

/**
 * Shows the events that pass the filter, in order.
 * @returns the first break of the chain, null when there is none; what lies behind it in its segment is not shown.
 */
export async function selectEvents(options: SelectOptions): Promise<LogBreak | null> {
  const { path, key, filter, last, show, files = nodeFiles } = options;
  const { logPath, segment: first } = parseSegmentPath(path);
  const beside = (await listSegments(files, logPath)).filter(({ segment }) => segment >= first);
  const segments = beside[0]?.path === path ? beside : [{ segment: 1, path }];
  let waiting: AuditEvent[] = [];
  const walked = await walkLog({
    key,
    path: logPath,
    segments,
    files,
    partial: segments.length === 1 || first > 1,
    visit: (event) => {
      if (passes(event, filter)) waiting.push(event);
    },
    pause: async () => {
      if (last === null) for (const event of waiting.splice(0)) await show(event);
      else waiting = waiting.slice(-last);
    },
  });
  for (const event of last === null ? waiting : waiting.slice(-last)) await show(event);
  return walked.breaks[0] ?? null;
}

function passes(event: AuditEvent, { kind, sessionId, agentId, since }: EventFilter): boolean {
  return (
    (kind === undefined || event.kind === kind) &&
    (sessionId === undefined || event.session_id === sessionId) &&
    (agentId === undefined || event.agent_id === agentId) &&
    (since === undefined || Date.parse(event.ts) >= since)
  );
}
