import type { PayloadStage } from "../db/payloads.ts";
import { errorFields } from "../log/error-fields.ts";
import type { Policy } from "../policy/policy.ts";
import type { ProxyDeps } from "./deps.ts";

/** Keeps the payloads of one session, sealed, when its policy and the operator opted in; else it keeps nothing. */
export class PayloadLog {
  readonly #stages = new Map<PayloadStage, string>();
  readonly #keeps: boolean;

  constructor(
    private readonly deps: Pick<ProxyDeps, "payloads" | "log" | "settings">,
    private readonly sessionId: string,
    private readonly policy: Pick<Policy, "kid" | "audit">,
  ) {
    this.#keeps = policy.audit.logPayloads && deps.settings.keepPayloads;
  }

  set(stage: PayloadStage, text: () => string): void {
    if (this.#keeps) this.#stages.set(stage, text());
  }

  append(stage: PayloadStage, text: string): void {
    if (this.#keeps) this.#stages.set(stage, (this.#stages.get(stage) ?? "") + text);
  }

  /** Never throws: payloads are a convenience of the operator, what must not be lost is in the audit log. */
  async save(): Promise<void> {
    if (this.#stages.size === 0) return;
    const created_at = Date.now();
    try {
      const rows = [...this.#stages].map(([stage, text]) => ({
        session_id: this.sessionId,
        stage,
        sealed: this.deps.payloads.seal(this.policy.kid, this.sessionId, stage, text),
        created_at,
      }));
      await this.deps.payloads.save(rows);
    } catch (thrown) {
      this.deps.log.warn("payloads were not stored", { session_id: this.sessionId, ...errorFields(thrown) });
    }
  }
}
