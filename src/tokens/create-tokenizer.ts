import { randomBytes } from "node:crypto";
import type { KeyConfig } from "../config/config.ts";
import { encodeBase32 } from "../crypto/base32.ts";
import { hmacParts } from "../crypto/derive.ts";
import { openBytes, sealBytes } from "../crypto/seal.ts";
import { openValue, sealValue } from "./aead.ts";
import { type AgentKeys, KeyRing } from "./key-ring.ts";
import { normalizeValue } from "./normalize.ts";
import { type PendingRow, PendingRows } from "./pending-rows.ts";
import { formatToken, parseToken, TOKEN_SCHEMES } from "./token.ts";
import type { Tokenizer, TokenRequest } from "./tokenizer.ts";
import { Vault, type VaultRow } from "./vault.ts";

const DAY_MS = 86_400_000;
const TOUCH_AFTER_MS = 3_600_000;
const TOUCH_EVERY_MS = 60_000;
const MAX_REMEMBERED = 100_000;
const ROTATION_BATCH = 500;

export interface TokenizerOptions {
  readonly vaultPath: string;
  readonly keys: ReadonlyMap<string, KeyConfig>;
  /** How long the key before still opens and finds rows after the new one was first seen. */
  readonly graceDays: number;
  /** Epoch ms; the real clock when absent. */
  readonly now?: () => number;
}

/** The tokenizer of an installation, with what its operator may do to the vault. */
export interface VaultTokenizer extends Tokenizer {
  readonly vault: Vault;
  /**
   * Puts every row that an old key sealed under the current one; tokens stay as they are. Works in small transactions, so
   * it can be stopped and run again. Answers how many rows moved, and how many no configured key opens.
   */
  rotate(onProgress?: (moved: number) => void): Promise<{ moved: number; unreadable: number }>;
  /** How many rows were not used for `days`. */
  countUnused(days: number): number;
  /** Deletes them; answers how many. */
  purgeUnused(days: number): number;
}

/** Opens the vault file (made when missing, mode 0600) and answers both schemes from it and the keys. */
export function createTokenizer(options: TokenizerOptions): VaultTokenizer {
  const now = options.now ?? Date.now;
  const vault = new Vault(options.vaultPath);
  const ring = new KeyRing(options.keys);
  const rotationBegan = new Map<string, number>();
  for (const kid of ring.kids()) rotationBegan.set(kid, vault.firstSeen(kid, ring.keyId(kid) ?? "", now()));

  // By keyed index, never by value: what is remembered here tells nothing without the key.
  const remembered = new Map<string, string>();
  const touched = new Map<string, readonly [string, string]>();
  let seenDataVersion = vault.dataVersion();

  const touch = () => {
    if (touched.size === 0) return;
    vault.touch(touched.values(), now());
    touched.clear();
  };
  const timer = setInterval(() => {
    try {
      touch();
    } catch {
      // The next write to the vault reports that it cannot be written; a missed touch only makes a row look older.
    }
  }, TOUCH_EVERY_MS);
  timer.unref();

  const oldKeys = (kid: string, agentId: string): AgentKeys | null => {
    const began = rotationBegan.get(kid) ?? 0;
    return now() - began > options.graceDays * DAY_MS ? null : ring.old(kid, agentId);
  };

  const lookupOf = (keys: AgentKeys, request: TokenRequest, normal: string) =>
    hmacParts(keys.index, request.kind, normal);

  const associated = (agentId: string, token: string) => `vault:${agentId}:${token}`;

  const openRow = (row: VaultRow): string | null => {
    for (const keys of [ring.current(row.kid, row.agent_id), oldKeys(row.kid, row.agent_id)]) {
      if (keys === null || keys.keyId !== row.key_id) continue;
      const plain = openBytes(keys.seal, row.sealed, associated(row.agent_id, row.token));
      if (plain !== null) return Buffer.from(plain).toString();
    }
    return null;
  };

  const reseal = (row: VaultRow): boolean => {
    const value = openRow(row);
    if (value === null) return false;
    const keys = ring.current(row.kid, row.agent_id);
    const token = parseToken(row.token);
    if (token === null) return false;
    const lookup = hmacParts(keys.index, token.kind, normalizeValue(token.kind, value));
    vault.reseal(
      row,
      lookup,
      keys.keyId,
      sealBytes(keys.seal, Buffer.from(value), associated(row.agent_id, row.token)),
    );
    return true;
  };

  /** The token of a value met before in this process, or null; reads nothing from the file. */
  const rememberedToken = (agentId: string, lookup: Buffer): string | null => {
    const token = remembered.get(lookup.toString("latin1"));
    if (token === undefined) return null;
    touched.set(token, [agentId, token]);
    return token;
  };

  const insert = ({ agentId, token, kid, kind, lookup, keys, value }: PendingRow): boolean =>
    vault.insert({
      agent_id: agentId,
      token,
      kid,
      kind,
      lookup,
      key_id: keys.keyId,
      sealed: sealBytes(keys.seal, Buffer.from(value), associated(agentId, token)),
      created_at: now(),
      last_used_at: now(),
    });

  const pending = new PendingRows((rows) => {
    const superseded = vault.transaction(() => rows.filter((row) => !insert(row)).length);
    if (superseded > 0) remembered.clear();
    return superseded;
  });

  const storedToken = (agentId: string, request: TokenRequest, normal: string, lookup: Buffer): string => {
    const onItsWay = pending.find(lookup);
    if (onItsWay !== undefined) return onItsWay.token;
    let row = vault.findByLookup(agentId, request.kid, lookup);
    const old = row === null ? oldKeys(request.kid, agentId) : null;
    if (row === null && old !== null) {
      row = vault.findByLookup(agentId, request.kid, lookupOf(old, request, normal));
      if (row !== null) reseal(row);
    }
    if (row !== null && now() - row.last_used_at > TOUCH_AFTER_MS) touched.set(row.token, [agentId, row.token]);
    return row === null ? freshToken(agentId, request, lookup) : row.token;
  };

  const freshToken = (agentId: string, { kind, kid, value }: TokenRequest, lookup: Buffer): string => {
    const scheme = TOKEN_SCHEMES["vault-deterministic"];
    const token = formatToken({ scheme, kind, kid, value: encodeBase32(randomBytes(16)) });
    pending.add({ agentId, token, kid, kind, lookup, keys: ring.current(kid, agentId), value });
    return token;
  };

  const vaultToken = (agentId: string, request: TokenRequest): string => {
    const keys = ring.current(request.kid, agentId);
    // The history of a call says the same values in every turn, mostly in the same form: that one need not be normalised.
    const said = hmacParts(keys.index, request.kind, "said", request.value);
    const known = rememberedToken(agentId, said);
    if (known !== null) return known;
    const normal = normalizeValue(request.kind, request.value);
    const lookup = lookupOf(keys, request, normal);
    const token = rememberedToken(agentId, lookup) ?? storedToken(agentId, request, normal, lookup);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    for (const key of [said, lookup]) remembered.set(key.toString("latin1"), token);
    return token;
  };

  const aeadToken = (agentId: string, request: TokenRequest): string => {
    const normal = normalizeValue(request.kind, request.value);
    const value = sealValue(ring.current(request.kid, agentId), agentId, request.kind, normal);
    return formatToken({ scheme: TOKEN_SCHEMES["reversible-aead"], kind: request.kind, kid: request.kid, value });
  };

  return {
    vault,

    tokenize(agentId, scheme, requests) {
      if (scheme === "reversible-aead") return requests.map((request) => aeadToken(agentId, request));
      const version = vault.dataVersion();
      if (version !== seenDataVersion) {
        remembered.clear();
        seenDataVersion = version;
      }
      return requests.map((request) => vaultToken(agentId, request));
    },

    async flush() {
      await pending.written();
      await vault.flush();
    },

    reveal(agentId, text) {
      const token = parseToken(text);
      if (token === null || ring.keyId(token.kid) === null) return null;
      if (token.scheme === TOKEN_SCHEMES["reversible-aead"]) {
        const old = oldKeys(token.kid, agentId);
        return (
          openValue(ring.current(token.kid, agentId), agentId, token.kind, token.value) ??
          (old === null ? null : openValue(old, agentId, token.kind, token.value))
        );
      }
      const row = vault.findByToken(agentId, text);
      return row === null ? (pending.findByToken(agentId, text)?.value ?? null) : openRow(row);
    },

    async rotate(onProgress) {
      let moved = 0;
      let unreadable = 0;
      for (const kid of ring.kids()) {
        const keyId = ring.keyId(kid) ?? "";
        let after = { agentId: "", token: "" };
        for (;;) {
          const rows = vault.rowsUnderOtherKeys(kid, keyId, after, ROTATION_BATCH);
          const last = rows.at(-1);
          if (last === undefined) break;
          const done = vault.transaction(() => rows.filter((row) => reseal(row)).length);
          moved += done;
          unreadable += rows.length - done;
          after = { agentId: last.agent_id, token: last.token };
          onProgress?.(moved);
          await Bun.sleep(0);
        }
      }
      await vault.flush();
      return { moved, unreadable };
    },

    countUnused(days) {
      pending.writeNow();
      touch();
      return vault.count({ before: now() - days * DAY_MS });
    },

    purgeUnused(days) {
      pending.writeNow();
      touch();
      remembered.clear();
      return vault.purge({ before: now() - days * DAY_MS });
    },

    status() {
      try {
        vault.probe();
        return "ok";
      } catch {
        return "failed";
      }
    },

    async close() {
      clearInterval(timer);
      pending.writeNow();
      touch();
      await vault.close();
    },
  };
}
