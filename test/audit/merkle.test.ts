import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GrowingTree, type InclusionProof, inclusionPath, leafHash, treeHash } from "../../src/audit/merkle.ts";
import { provesInclusion } from "./inclusion.ts";

/** The leaves, roots and paths that Certificate Transparency's reference implementation publishes for RFC 6962. */
const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(
  (hex) => leafHash(Buffer.from(hex, "hex")),
);

const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const PATHS: readonly [leaf: number, size: number, path: readonly string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    5,
    8,
    [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
  [
    1,
    5,
    [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
];

it.each(ROOTS.map((root, size) => [size, root] as const))(
  "a tree of %i leaves that grows has the same root",
  (size, root) => {
    const tree = new GrowingTree();
    for (const leaf of LEAVES.slice(0, size)) tree.add(leaf);
    expect(tree.root()).toBe(root);
  },
);

function proof(leaves: readonly string[], index: number): InclusionProof {
  return {
    leaf_hash: leaves[index]!,
    leaf_index: index,
    tree_size: leaves.length,
    path: inclusionPath(leaves, index),
    root_hash: treeHash(leaves),
  };
}

describe("Merkle trees (RFC 6962)", () => {
  it.each(ROOTS.map((root, size) => [size, root] as const))("has the published root of %i leaves", (size, root) => {
    expect(treeHash(LEAVES.slice(0, size))).toBe(root);
  });

  it.each(PATHS)("has the published path of leaf %i in a tree of %i", (leaf, size, path) => {
    expect(inclusionPath(LEAVES.slice(0, size), leaf)).toEqual(path);
    expect(provesInclusion({ ...proof(LEAVES.slice(0, size), leaf), path })).toBe(true);
  });

  it("proves every leaf of every tree, and nothing else", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, at, other) => {
        const leaves = Array.from({ length: size }, (_, index) => leafHash(`leaf ${index}`));
        const index = at % size;
        const good = proof(leaves, index);
        expect(provesInclusion(good)).toBe(true);
        expect(provesInclusion({ ...good, leaf_hash: leafHash("another") })).toBe(false);
        expect(provesInclusion({ ...good, root_hash: leafHash("another") })).toBe(false);
        expect(provesInclusion({ ...good, path: [...good.path, leafHash("one more")] })).toBe(false);
        expect(provesInclusion({ ...good, path: good.path.slice(1) })).toBe(size === 1);
        const wrong = other % size;
        if (wrong !== index) expect(provesInclusion({ ...good, leaf_index: wrong })).toBe(false);
      }),
    );
  });

  it.each([[-1], [8], [0.5], [Number.NaN]])("has no path for leaf %s of 8", (index) => {
    expect(() => inclusionPath(LEAVES, index)).toThrow(RangeError);
    expect(provesInclusion({ ...proof(LEAVES, 0), leaf_index: index })).toBe(false);
  });
});
