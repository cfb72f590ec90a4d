import type { KeyConfig } from "../config/config.ts";
import { deriveKey } from "../crypto/derive.ts";
import { openText, sealText } from "../crypto/seal.ts";
import type { PayloadRow, PayloadStage } from "../db/payloads.ts";

/** Seals payloads under the key of their policy, so that they end with it as the vault's values do. */
export interface PayloadSealer {
  /** @throws Error when no such key is configured: policies are checked against the keys when they are loaded. */
  seal(kid: string, sessionId: string, stage: PayloadStage, text: string): string;
  /** The text, null when its key is gone or any bit has changed. */
  open(row: PayloadRow): string | null;
}

export function createPayloadSealer(keys: ReadonlyMap<string, KeyConfig>): PayloadSealer {
  const keyOf = (secret: Uint8Array) => deriveKey(secret, "payload", "1");
  const place = (sessionId: string, stage: PayloadStage) => `${sessionId}/${stage}`;
  return {
    seal(kid, sessionId, stage, text) {
      const key = keys.get(kid);
      if (key === undefined) throw new Error("no key of that name");
      return `${kid}.${sealText(keyOf(key.secret), text, place(sessionId, stage))}`;
    },
    open(row) {
      const [kid = "", sealed = ""] = row.sealed.split(".", 2);
      const key = keys.get(kid);
      for (const secret of [key?.secret, key?.old]) {
        const text = secret ? openText(keyOf(secret), sealed, place(row.session_id, row.stage)) : null;
        if (text !== null) return text;
      }
      return null;
    },
  };
}
