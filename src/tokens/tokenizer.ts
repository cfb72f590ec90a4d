import type { Kind } from "../detect/kind.ts";
import type { Tokenization } from "../policy/policy.ts";

/** One value to be replaced. `kid` names the key (the policy's, or the kind's own). */
export interface TokenRequest {
  readonly kind: Kind;
  readonly value: string;
  readonly kid: string;
}

/** Makes tokens for values and reads values of tokens, for one installation. */
export interface Tokenizer {
  /**
   * One token for each request, in order. The same normalised value of the same agent and kid gives the same token.
   * @throws MaskerError audit_unavailable when the vault cannot be written, validation_failed when a value is too long to
   * be sealed into a token.
   */
  tokenize(agentId: string, scheme: Tokenization, requests: readonly TokenRequest[]): readonly string[];
  /** Resolves when every token given out so far is on disk; the proxy releases nothing before. */
  flush(): Promise<void>;
  /** The stored value of a token of this agent, null when unknown or unreadable. Not used by the proxy's answers. */
  reveal(agentId: string, token: string): string | null;
  /** `ok` when the vault is open and writable. */
  status(): "ok" | "failed";
  close(): Promise<void>;
}
