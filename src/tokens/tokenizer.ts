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
   * Durable before it resolves: a released token always has its vault row.
   */
  tokenize(agentId: string, scheme: Tokenization, requests: readonly TokenRequest[]): Promise<readonly string[]>;
  /** The stored value of a token of this agent, null when unknown or unreadable. Not used by the proxy's answers. */
  reveal(agentId: string, token: string): Promise<string | null>;
}
