import type { AuditSink } from "../audit/event.ts";
import type { Log } from "../log/log.ts";
import type { CallBook } from "../proxy/call-book.ts";
import type { AccountLimiter, ProxyDeps } from "../proxy/deps.ts";

/** What the webhook works with. */
export interface WebhookDeps {
  readonly agents: ProxyDeps["agents"];
  readonly calls: CallBook;
  readonly audit: AuditSink;
  readonly upstreams: ProxyDeps["upstreams"];
  readonly limiter: AccountLimiter | null;
  readonly log: Log;
  /** `https://host`, without a trailing slash. */
  readonly baseUrl: () => string;
  readonly settings: {
    readonly maxBodyBytes: number;
    readonly vapiWebhookSecret: string | null;
    readonly keysByDefault: boolean;
    /** Messages that need no answer are refused rather than acknowledged. */
    readonly strictEvents: boolean;
  };
}
