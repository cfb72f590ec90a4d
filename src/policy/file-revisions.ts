import { findInstallationValue, type InstallationKey, setInstallationValue } from "../db/installation.ts";
import type { Db } from "../db/open.ts";
import { PRESETS } from "./presets.ts";

/**
 * Policies of files have no rows of their own, but reports must show every text that was in force. So each new text of a
 * file is kept under the next revision of its policy's name; the number of the last one stands under the name alone.
 */
export interface FileRevisions {
  /** The revision of a text: the last one when it is unchanged, else the next, which is then kept. */
  revisionOf(name: string, yaml: string): Promise<number>;
  /** The text of a revision, null when there was none. */
  find(name: string, revision: number): Promise<string | null>;
}

export function createFileRevisions(db: Db): FileRevisions {
  const keyOf = (name: string, revision: number): InstallationKey => `policy_file:${name}\n${revision}`;
  return {
    async revisionOf(name, yaml) {
      // Under the name of a built-in policy revision 1 is the built-in text.
      const first = PRESETS.has(name) ? 1 : 0;
      const last = Number((await findInstallationValue(db, `policy_file:${name}`)) ?? first);
      if (last > first && (await findInstallationValue(db, keyOf(name, last))) === yaml) return last;
      await setInstallationValue(db, keyOf(name, last + 1), yaml);
      await setInstallationValue(db, `policy_file:${name}`, String(last + 1));
      return last + 1;
    },
    find: (name, revision) => findInstallationValue(db, keyOf(name, revision)),
  };
}
