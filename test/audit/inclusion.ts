/** What an auditor does with a session's lines and a proof, from the RFCs alone. */
import { createHash } from "node:crypto";
import { type InclusionProof, leafHash, treeHash } from "../../src/audit/merkle.ts";
import type { StoredEvent } from "../../src/audit/read.ts";

/** Root over the lines up to the session's completion, in hex. */
export function sessionRoot(stored: readonly StoredEvent[]): string {
  const end = stored.findIndex(({ event }) => event.kind === "session_completed");
  const within = end < 0 ? stored : stored.slice(0, end + 1);
  return treeHash(within.map(({ line }) => leafHash(line)));
}

/** True when the proof leads from its leaf to its root (RFC 9162, 2.1.3.2). */
export function provesInclusion({ leaf_hash, leaf_index, tree_size, path, root_hash }: InclusionProof): boolean {
  if (!Number.isSafeInteger(leaf_index) || !Number.isSafeInteger(tree_size)) return false;
  if (leaf_index < 0 || leaf_index >= tree_size || ![leaf_hash, ...path].every(isHash)) return false;
  let place = leaf_index;
  let last = tree_size - 1;
  let hash = leaf_hash;
  for (const sibling of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash);
      // A last node without a sibling moves up as it is.
      while (place % 2 === 0 && place !== 0) {
        place = Math.floor(place / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hash === root_hash;
}

const NODE = Uint8Array.of(1);

function nodeHash(left: string, right: string): string {
  return createHash("sha256").update(NODE).update(left, "hex").update(right, "hex").digest("hex");
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
