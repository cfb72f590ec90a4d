/**
 * Merkle tree hash over a list of leaves and proofs that one leaf is in it: RFC 6962, 2.1. Leaves here are the stored lines of a session's events, so that an auditor hashes what he sees.
 */
import { createHash } from "node:crypto";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Hash of one leaf, in hex: SHA-256(0x00 || data). */
export function leafHash(data: string | Uint8Array): string {
  return createHash("sha256").update(LEAF).update(data).digest("hex");
}

/** Tree hash over hashes of leaves, in hex; SHA-256 of nothing for an empty list. */
export function treeHash(leafHashes: readonly string[]): string {
  if (leafHashes.length === 0) return createHash("sha256").digest("hex");
  if (leafHashes.length === 1) return leafHashes[0]!;
  const split = splitOf(leafHashes.length);
  return nodeHash(treeHash(leafHashes.slice(0, split)), treeHash(leafHashes.slice(split)));
}

/**
 * The hashes that lead from leaf `index` to the root, nearest first.
 * @throws RangeError when there is no such leaf.
 */
export function inclusionPath(leafHashes: readonly string[], index: number): string[] {
  if (!Number.isInteger(index) || index < 0 || index >= leafHashes.length) throw new RangeError("no such leaf");
  if (leafHashes.length === 1) return [];
  const split = splitOf(leafHashes.length);
  const left = leafHashes.slice(0, split);
  const right = leafHashes.slice(split);
  return index < split
    ? [...inclusionPath(left, index), treeHash(right)]
    : [...inclusionPath(right, index - split), treeHash(left)];
}

/** Tree hash over leaves that come one after another, with the memory of one path. */
export class GrowingTree {
  /** Roots of complete subtrees, the largest first, with how many leaves each has. */
  readonly #complete: { readonly size: number; readonly hash: string }[] = [];

  add(leaf: string): void {
    let grown = { size: 1, hash: leaf };
    for (let last = this.#complete.at(-1); last?.size === grown.size; last = this.#complete.at(-1)) {
      this.#complete.pop();
      grown = { size: grown.size * 2, hash: nodeHash(last.hash, grown.hash) };
    }
    this.#complete.push(grown);
  }

  /** The same as `treeHash` over all leaves so far. */
  root(): string {
    const hashes = this.#complete.map(({ hash }) => hash);
    return hashes.length === 0 ? treeHash([]) : hashes.reduceRight((right, left) => nodeHash(left, right));
  }
}

export interface InclusionProof {
  readonly leaf_hash: string;
  /** From 0. */
  readonly leaf_index: number;
  readonly tree_size: number;
  /** Nearest first. */
  readonly path: readonly string[];
  readonly root_hash: string;
}

function nodeHash(left: string, right: string): string {
  return createHash("sha256").update(NODE).update(left, "hex").update(right, "hex").digest("hex");
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}
