import type { AuditSink } from "../audit/event.ts";
import type { AgentRow } from "../db/agents.ts";
import type { PayloadRow } from "../db/payloads.ts";
import type { Detector } from "../detect/detector.ts";
import type { Log } from "../log/log.ts";
import type { Policy } from "../policy/policy.ts";
import type { Tokenizer } from "../tokens/tokenizer.ts";
import type { Upstreams } from "../upstream/upstream.ts";
import type { WireFormat } from "../upstream/wire-format.ts";
import type { CallBook } from "./call-book.ts";
import type { PayloadSealer } from "./payload-seal.ts";

/** Which sealed secret of an agent is meant. */
export type AgentSecret = "header" | "hmac";

/** Everything that a turn needs of the rest of Masker, so that a test can stand in for any of it. */
export interface ProxyDeps {
  readonly agents: {
    /** A live agent of any account. */
    find(agentId: string): Promise<AgentRow | null>;
    /** The id of the agent's key with this SHA-256, null when it has none such; keys of deleted agents count too. */
    findKey(agentId: string, sha256Hex: string): Promise<string | null>;
    touchKey(keyId: string): Promise<void>;
    /** The plain text of a sealed secret; null when it does not open. */
    openSecret(agent: AgentRow, secret: AgentSecret): string | null;
  };
  readonly policies: { get(accountId: string, name: string): Policy | null };
  readonly detector: Detector;
  readonly tokenizer: Pick<Tokenizer, "tokenize" | "flush">;
  readonly audit: AuditSink;
  readonly upstreams: Pick<Upstreams, "resolve">;
  readonly format: WireFormat;
  /** Shared with the platform endpoints: a call that a webhook announced is the one that its turns belong to. */
  readonly calls: CallBook;
  readonly payloads: {
    seal: PayloadSealer["seal"];
    save(rows: readonly PayloadRow[]): Promise<void>;
  };
  readonly limiter: AccountLimiter | null;
  readonly log: Log;
  readonly settings: ProxySettings;
}

/** Takes one request from an account's budget: null, or the whole seconds to wait. */
export interface AccountLimiter {
  take(accountId: string): number | null;
}

export interface ProxySettings {
  readonly maxBodyBytes: number;
  /** Lower-case name of the operator's header that names the call. */
  readonly callIdHeader: string | null;
  readonly vapiWebhookSecret: string | null;
  /** New agents ask for a key: then an unknown agent id is answered like a missing key. */
  readonly keysByDefault: boolean;
  /** 32 bytes; opaque identifiers of callers are renamed under a key derived from it. */
  readonly pseudonymSecret: Uint8Array;
  /** False: payloads are kept for no time at all, whatever a policy says. */
  readonly keepPayloads: boolean;
  /** Turns in progress; one more is told to come again (429), so that an overload takes neither memory nor descriptors. */
  readonly maxOpenTurns: number;
  /** An upstream stream that is silent so long, in ms, is kept alive with a comment. */
  readonly keepAliveMs: number;
  /** How long, in ms, a stream may be silent before its head is sent: until then an error has a status of its own. */
  readonly commitAfterMs: number;
}

/** Silence limits of real clients: the shortest read timeout seen is 5 s between chunks and 10 s for the first. */
export const DEFAULT_SILENCE = { keepAliveMs: 3_000, commitAfterMs: 8_000 } as const;

/** Who sent a request, as the listener saw it. */
export interface Client {
  /** Address with trusted proxies taken out; null when unknown. */
  readonly address: string | null;
  readonly requestId: string;
}
