/**
 * Which conversation a request belongs to, and what of it was logged already. Everything is kept in memory, keyed by HMAC
 * under a key of this process, so that no text of a call outlives its request here.
 */
import { randomBytes } from "node:crypto";
import { newId } from "../id.ts";

/** A request joins an earlier one by its messages within this time (proxy, Identity). */
const JOIN_WINDOW_MS = 30 * 60_000;
/** A call that was named by the platform is remembered longer: a caller may be on hold. */
const FORGET_AFTER_MS = 4 * 60 * 60_000;
const MAX_CALLS = 20_000;
const MAX_NAME_LENGTH = 256;

export interface CallRequest {
  readonly agentId: string;
  readonly sessionId: string;
  /** Names that the request gives its call, the strongest first; nulls and unrendered templates are passed over. */
  readonly names: readonly (string | null)[];
  /** Text of each message as it came. */
  readonly messageKeys: readonly string[];
  /** Index of the first message of a user, -1 without one: what comes before is the same for every caller. */
  readonly firstUserMessage: number;
  /** The whole body as it came. */
  readonly body: string;
  /** The client says that it sends the same body again. */
  readonly resent: boolean;
}

/** Key under which a call remembers that its beginning was logged. */
export const CALL_STARTED = "started";

/** What of a call was logged, by keys of its messages and texts. */
export interface LoggedCall {
  readonly callId: string;
  isLogged(key: string): boolean;
  markLogged(keys: Iterable<string>): void;
  /** Takes a mark back: the events did not reach the disk. */
  unmarkLogged(keys: Iterable<string>): void;
}

/** A request's place in its call. */
export interface CallTurn extends LoggedCall {
  /** The same body came before and the client says that this is its retry. */
  readonly retry: boolean;
  /** Keys of messages, in order, for `isLogged` and `markLogged`. */
  readonly messages: readonly string[];
  /** Key of a text outside messages. */
  textKey(path: string, text: string): string;
}

interface Call {
  readonly id: string;
  readonly logged: Set<string>;
  /** Entries of the indexes that lead here. */
  readonly names: Set<string>;
  readonly tips: Set<string>;
  lastSeen: number;
}

/** The end of one request's messages, from which later requests of its call go on. */
interface Tip {
  readonly call: Call;
  readonly at: number;
  extended: boolean;
}

export class CallBook {
  readonly #key = randomBytes(32);
  readonly #now: () => number;
  /** Longest untouched first. */
  readonly #calls = new Map<string, Call>();
  readonly #named = new Map<string, Call>();
  readonly #tips = new Map<string, Tip[]>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Joins a request to its call: by name, as a retry, by its messages, else a new call. */
  join(request: CallRequest): CallTurn {
    this.#forgetOld();
    const { agentId } = request;
    const names = request.names.filter(isUsableName).map((name) => this.#hash(agentId, "name", name));
    const body = this.#hash(agentId, "body", request.body);
    const texts = request.messageKeys.map((text) => this.#hash(agentId, "message", text));
    const prefixes = this.#prefixes(agentId, texts);

    const resent = request.resent ? this.#named.get(body) : undefined;
    const [strongest] = names;
    const found =
      strongest === undefined ? (resent ?? this.#extended(prefixes, request)) : (this.#named.get(strongest) ?? resent);
    const call = found ?? this.#newCall();
    this.#touch(call);
    for (const name of [this.#hash(agentId, "name", request.sessionId), body]) this.#name(call, name);
    // A weaker name leads here too, unless it has a call of its own.
    for (const name of names) if (!this.#named.has(name)) this.#name(call, name);
    this.#addTip(call, prefixes.at(-1));
    return this.#turn(call, request.agentId, { texts, retry: resent !== undefined && resent === call });
  }

  /** The id of the call of that name, null when none is known. */
  find(agentId: string, name: string): string | null {
    return this.#named.get(this.#hash(agentId, "name", name))?.id ?? null;
  }

  /** The call of that name, made when there is none: for webhooks that announce or end a call. */
  named(agentId: string, name: string): LoggedCall {
    this.#forgetOld();
    const key = this.#hash(agentId, "name", name);
    const call = this.#named.get(key) ?? this.#newCall();
    this.#touch(call);
    this.#name(call, key);
    return loggedCall(call);
  }

  #turn(
    call: Call,
    agentId: string,
    { texts, retry }: { readonly texts: readonly string[]; readonly retry: boolean },
  ): CallTurn {
    // A sentence said twice is two messages: the second of its kind in a request has a key of its own.
    const seen = new Map<string, number>();
    const messages = texts.map((key) => {
      const nth = seen.get(key) ?? 0;
      seen.set(key, nth + 1);
      return `${key}#${nth}`;
    });
    return {
      ...loggedCall(call),
      retry,
      messages,
      textKey: (path, text) => this.#hash(agentId, "text", path, text),
    };
  }

  /** For each message, the hash of everything up to and with it. */
  #prefixes(agentId: string, texts: readonly string[]): string[] {
    let hash = "";
    return texts.map((text) => {
      hash = this.#hash(agentId, "prefix", hash, text);
      return hash;
    });
  }

  /**
   * The call whose messages are the beginning of these. Only beginnings with a user's words count: a system prompt alone is
   * shared by all callers. Of several calls that began alike, one that nothing has gone on from is taken first.
   */
  #extended(prefixes: readonly string[], request: CallRequest): Call | undefined {
    if (request.firstUserMessage < 0) return undefined;
    for (let at = prefixes.length - 2; at >= request.firstUserMessage; at--) {
      const tips = (this.#tips.get(prefixes[at]!) ?? []).filter((tip) => this.#now() - tip.at <= JOIN_WINDOW_MS);
      const tip = tips.find((candidate) => !candidate.extended) ?? tips.at(-1);
      if (tip === undefined) continue;
      tip.extended = true;
      return tip.call;
    }
    return undefined;
  }

  #newCall(): Call {
    return { id: newId("call"), logged: new Set(), names: new Set(), tips: new Set(), lastSeen: this.#now() };
  }

  #touch(call: Call): void {
    call.lastSeen = this.#now();
    this.#calls.delete(call.id);
    this.#calls.set(call.id, call);
  }

  #name(call: Call, name: string): void {
    this.#named.set(name, call);
    call.names.add(name);
  }

  #addTip(call: Call, prefix: string | undefined): void {
    if (prefix === undefined) return;
    const others = (this.#tips.get(prefix) ?? []).filter((tip) => tip.call !== call);
    this.#tips.set(prefix, [...others, { call, at: this.#now(), extended: false }]);
    call.tips.add(prefix);
  }

  #forgetOld(): void {
    const oldest = this.#now() - FORGET_AFTER_MS;
    for (const call of this.#calls.values()) {
      if (call.lastSeen >= oldest && this.#calls.size <= MAX_CALLS) return;
      this.#calls.delete(call.id);
      for (const name of call.names) if (this.#named.get(name) === call) this.#named.delete(name);
      for (const prefix of call.tips) {
        const rest = (this.#tips.get(prefix) ?? []).filter((tip) => tip.call !== call);
        if (rest.length > 0) this.#tips.set(prefix, rest);
        else this.#tips.delete(prefix);
      }
    }
  }

  #hash(...parts: readonly string[]): string {
    const mac = new Bun.CryptoHasher("sha256", this.#key);
    for (const part of parts) mac.update(`${part.length}:`).update(part);
    return mac.digest("base64");
  }
}

function loggedCall(call: Call): LoggedCall {
  return {
    callId: call.id,
    isLogged: (key) => call.logged.has(key),
    markLogged: (keys) => {
      for (const key of keys) call.logged.add(key);
    },
    unmarkLogged: (keys) => {
      for (const key of keys) call.logged.delete(key);
    },
  };
}

/** Platforms send `{{call.id}}` as it stands when nothing fills it in. */
function isUsableName(name: string | null): name is string {
  return name !== null && name.trim() !== "" && name.length <= MAX_NAME_LENGTH && !/\{\{.*\}\}/.test(name);
}
