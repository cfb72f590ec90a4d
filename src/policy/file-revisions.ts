import type { Db } from "../db/open.ts";
import { findFilePolicyYaml, recordFilePolicy } from "../db/policies.ts";
import { PRESETS } from "./presets.ts";

/**
 * Policies of files are no policies of an account, but reports must show every text that was in force. So each new text of
 * a file is kept under the next revision of its policy's name.
 */
export interface FileRevisions {
  /** The revision of a text: the last one when it is unchanged, else the next, which is then kept. */
  revisionOf(name: string, yaml: string): Promise<number>;
  /** The text of a revision, null when there was none. */
  find(name: string, revision: number): Promise<string | null>;
}

export function createFileRevisions(db: Db): FileRevisions {
  return {
    revisionOf(name, yaml) {
      // Under the name of a built-in policy revision 1 is the built-in text.
      const first = PRESETS.has(name) ? 2 : 1;
      return recordFilePolicy(db, { name, yaml, first, nowMs: Date.now() });
    },
    find: (name, revision) => findFilePolicyYaml(db, name, revision),
  };
}
