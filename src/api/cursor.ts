import { z } from "zod";
import { deriveKey, hmacParts } from "../crypto/derive.ts";
import { equalSecrets } from "../crypto/secret.ts";
import { MaskerError } from "../errors.ts";

/** What a cursor is good for: one list, of one account, under the same filters. */
export interface CursorScope {
  readonly list: string;
  readonly accountId: string;
  /** As the caller wrote them, `limit` left out: a client may change the page size. */
  readonly filters: Readonly<Record<string, string | number | boolean | null | undefined>>;
}

/** Where a page ended. */
export interface CursorPosition {
  /** Sort key and id of the last row that was handed out. */
  readonly key: number;
  readonly id: string;
  /** What `since` meant on the first page, epoch ms; null for lists without a window. */
  readonly since: number | null;
}

const positionSchema = z.strictObject({
  key: z.number(),
  id: z.string(),
  since: z.number().nullable(),
});

/** Longer than any cursor that was ever made. */
const MAX_CURSOR_CHARS = 1024;

/**
 * Opaque page positions: base64url JSON and an HMAC over it and its scope, so that a cursor that was changed, or is used
 * for another list, account or filter, is refused.
 */
export class Cursors {
  readonly #key: Uint8Array;

  /** @param secret the installation's session secret, 32 bytes */
  constructor(secret: Uint8Array) {
    this.#key = deriveKey(secret, "api cursor", "1");
  }

  encode(scope: CursorScope, position: CursorPosition): string {
    const payload = Buffer.from(JSON.stringify(position)).toString("base64url");
    return `${payload}.${this.#mac(scope, payload)}`;
  }

  /** @throws MaskerError validation_failed */
  decode(scope: CursorScope, cursor: string): CursorPosition {
    const [payload, mac, ...rest] = cursor.length > MAX_CURSOR_CHARS ? [] : cursor.split(".");
    if (!payload || !mac || rest.length > 0 || !equalSecrets(mac, this.#mac(scope, payload))) {
      throw new MaskerError("validation_failed", {
        details: [{ path: "cursor", message: "is not a cursor of this list under these filters" }],
      });
    }
    return positionSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
  }

  #mac(scope: CursorScope, payload: string): string {
    const filters = Object.entries(scope.filters)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return hmacParts(this.#key, scope.list, scope.accountId, JSON.stringify(filters), payload).toString("base64url");
  }
}
