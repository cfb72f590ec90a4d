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
  /** The row's text under the present key of its kid; null when it is there already, or no key opens it. */
  reseal(row: PayloadRow): string | null;
}

export function createPayloadSealer(keys: ReadonlyMap<string, KeyConfig>): PayloadSealer {
  const keyOf = (secret: Uint8Array) => deriveKey(secret, "payload", "1");
  const place = (sessionId: string, stage: PayloadStage) => `${sessionId}/${stage}`;
  const openUnder = (age: "secret" | "old", { sealed, session_id, stage }: PayloadRow) => {
    const [kid = "", text = ""] = sealed.split(".", 2);
    const secret = keys.get(kid)?.[age];
    return secret ? openText(keyOf(secret), text, place(session_id, stage)) : null;
  };
  const seal: PayloadSealer["seal"] = (kid, sessionId, stage, text) => {
    const key = keys.get(kid);
    if (key === undefined) throw new Error("no key of that name");
    return `${kid}.${sealText(keyOf(key.secret), text, place(sessionId, stage))}`;
  };
  return {
    seal,
    open: (row) => openUnder("secret", row) ?? openUnder("old", row),
    reseal(row) {
      if (openUnder("secret", row) !== null) return null;
      const text = openUnder("old", row);
      return text === null ? null : seal(row.sealed.split(".", 1)[0] ?? "", row.session_id, row.stage, text);
    },
  };
}
