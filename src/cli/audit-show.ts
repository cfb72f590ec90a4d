import { parseSince } from "../api/since.ts";
import type { AuditEvent } from "../audit/event.ts";
import { selectEvents } from "../audit/select.ts";
import { AUDIT_SOURCE_OPTIONS, auditSource } from "./audit-source.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";

const DEFAULT_LIMIT = 50;
/** The chain's own fields: whoever reads the table looks for what happened. */
const NOT_SHOWN = new Set(["v", "ts", "seq", "kind", "prev_hash", "this_hash", "node", "event_id"]);

export const auditShowCommand: Command = {
  name: "audit show",
  summary: "Shows the last events of an audit log",
  options: {
    ...AUDIT_SOURCE_OPTIONS,
    kind: { value: "KIND", summary: "only events of this kind (session_completed, user_login, ...)" },
    "session-id": { value: "ID", summary: "only events of this session" },
    "agent-id": { value: "ID", summary: "only events of this agent" },
    since: { value: "WHEN", summary: "only events since: 1h, 7d, or an ISO 8601 time" },
    limit: { value: "N", summary: `the last N (default ${DEFAULT_LIMIT}; 0: all)` },
  },
  async run(call) {
    const { options, io } = call;
    const { path, key } = auditSource(call);
    const limit = Number(options.get("limit") ?? DEFAULT_LIMIT);
    if (!Number.isSafeInteger(limit) || limit < 0) throw new UsageError("--limit takes a whole number");
    const asked = options.get("since");
    const since = asked === undefined ? undefined : parseSince(asked, Date.now());
    if (since === null) throw new UsageError("--since takes a duration such as 24h, or an ISO 8601 UTC time");
    const [kind, sessionId, agentId] = [options.get("kind"), options.get("session-id"), options.get("agent-id")];
    const json = options.has("json");
    const broken = await selectEvents({
      path,
      key,
      last: limit === 0 ? null : limit,
      filter: {
        ...(kind === undefined ? {} : { kind }),
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(agentId === undefined ? {} : { agentId }),
        ...(since === undefined ? {} : { since }),
      },
      show: (event) => io.out(json ? `${JSON.stringify(event)}\n` : row(event)),
    }).catch((thrown) => {
      if ((thrown as { code?: string }).code === "ENOENT") throw new UsageError("there is no such log");
      throw thrown;
    });
    if (broken === null) return EXIT.ok;
    await io.err(`BROKEN: ${broken.file} line ${broken.line} ${broken.reason}\n`);
    return EXIT.commandSpecific;
  },
};

function row(event: AuditEvent): string {
  const details = Object.entries(event)
    .filter(([name, value]) => !NOT_SHOWN.has(name) && value !== null)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return `${String(event.seq).padStart(8)}  ${event.ts}  ${event.kind.padEnd(20)}  ${details.join(" ")}\n`;
}
