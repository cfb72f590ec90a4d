import { errorFields } from "../log/error-fields.ts";
import type { Log } from "../log/log.ts";

/** Notes how to end a part, and gives the part. */
export type Keep = <T extends { close(): unknown }>(part: T) => T;

export interface Kept {
  readonly keep: Keep;
  /** Ends all parts, the last started first. One that cannot end does not keep the others from it. */
  close(): Promise<void>;
}

export function createKept(log: Log): Kept {
  const parts: { close(): unknown }[] = [];
  return {
    keep(part) {
      parts.push(part);
      return part;
    },
    async close() {
      for (const part of parts.splice(0).reverse()) {
        try {
          await part.close();
        } catch (thrown) {
          log.error("a part did not end cleanly", errorFields(thrown));
        }
      }
    },
  };
}
