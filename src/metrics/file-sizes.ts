import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Bytes of a file and of what lies beside it under the same name: write-ahead log, further segments. */
export function bytesBeside(path: string): number {
  const stem = basename(path).replace(/\.\w+$/, "");
  const folder = dirname(path);
  const sizes = readdirSync(folder)
    .filter((name) => name.startsWith(`${stem}.`))
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((total, size) => total + size, 0);
}
