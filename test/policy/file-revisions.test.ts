import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/open.ts";
import { createFileRevisions } from "../../src/policy/file-revisions.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import { detectOptions } from "../../src/policy/policy.ts";

describe("createFileRevisions", () => {
  it("numbers the texts of a name and keeps each, over restarts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "revisions-"));
    try {
      const first = openDatabase(join(folder, "masker.db"));
      const revisions = createFileRevisions(first.db);
      expect(await revisions.revisionOf("clinic", "a")).toBe(1);
      expect(await revisions.revisionOf("clinic", "a")).toBe(1);
      expect(await revisions.revisionOf("clinic", "b")).toBe(2);
      expect(await revisions.revisionOf("other", "a")).toBe(1);
      // Revision 1 of a built-in name is the built-in text.
      expect(await revisions.revisionOf("strict", "a")).toBe(2);
      first.close();

      const second = openDatabase(join(folder, "masker.db"));
      const again = createFileRevisions(second.db);
      expect(await again.revisionOf("clinic", "b")).toBe(2);
      expect(await again.revisionOf("clinic", "a")).toBe(3);
      expect(await Promise.all([1, 2, 3, 4].map((n) => again.find("clinic", n)))).toEqual(["a", "b", "a", null]);
      second.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("detectOptions", () => {
  it("tells apart policies of one name and revision with different texts", () => {
    const yaml = (deny: string) =>
      `name: mine\nversion: 1\nkid: K_A\ntokenization: vault-deterministic\npasses: [regex]\nentities:\n  PHONE:\ndeny: [${deny}]\n`;
    const parse = (deny: string) => parsePolicy(yaml(deny), { kids: new Set(["K_A"]), revision: 1 });
    expect(detectOptions(parse("Okonkwo")).revision).not.toBe(detectOptions(parse("Smith")).revision);
    expect(detectOptions(parse("Okonkwo")).revision).toBe(detectOptions(parse("Okonkwo")).revision);
  });
});
