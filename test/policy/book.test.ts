import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Log } from "../../src/log/log.ts";
import { PolicyBook, type PolicyBookOptions, type StoredPolicy } from "../../src/policy/book.ts";
import { diffPolicies } from "../../src/policy/diff.ts";
import { parsePolicy } from "../../src/policy/parse.ts";

const kids = new Set(["K_HEALTHCARE"]);

function yaml(name: string, action = "redact"): string {
  return `name: ${name}\nversion: 1\nkid: K_HEALTHCARE\ntokenization: vault-deterministic\npasses: [regex]\nentities:\n  PHONE: { action: ${action} }\n`;
}

function options(over: Partial<PolicyBookOptions> = {}): PolicyBookOptions & { warnings: string[] } {
  const warnings: string[] = [];
  const log: Log = { debug() {}, info() {}, warn: (_m, fields) => warnings.push(fields?.policy ?? ""), error() {} };
  const seen = new Map<string, string[]>();
  const revisionOf = async (name: string, text: string) => {
    const texts = seen.get(name) ?? seen.set(name, []).get(name)!;
    if (!texts.includes(text)) texts.push(text);
    return texts.indexOf(text) + 1;
  };
  return { kids, path: null, dev: false, log, stored: async () => [], revisionOf, warnings, ...over };
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "policy-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe("PolicyBook", () => {
  it("has the built-in policies with nothing configured", async () => {
    const book = await PolicyBook.open(options());
    expect(book.list("acc_1").map((p) => p.name)).toEqual([
      "healthcare-default",
      "medicare-broker",
      "strict",
      "expert-determination",
    ]);
    expect(book.get("acc_1", "healthcare-default")?.revision).toBe(1);
    expect(book.get("acc_1", "nope")).toBeNull();
    expect(book.isReserved("strict")).toBe(true);
  });

  it("binds built-in policies to a key that exists when the usual one does not", async () => {
    const book = await PolicyBook.open(options({ kids: new Set(["K_OTHER"]) }));
    expect(book.get("acc_1", "healthcare-default")?.entities.SSN.kid).toBe("K_OTHER");
    expect(book.get("acc_1", "healthcare-default")?.yaml).toContain("kid: K_OTHER");
  });

  it("keeps one account's policies from another", async () => {
    const stored: StoredPolicy[] = [{ accountId: "acc_1", name: "mine", version: 4, yaml: yaml("mine") }];
    const book = await PolicyBook.open(options({ stored: async () => stored }));
    expect(book.get("acc_1", "mine")?.revision).toBe(4);
    expect(book.get("acc_2", "mine")).toBeNull();
    expect(book.list("acc_2").map((p) => p.name)).not.toContain("mine");
  });

  it("puts a saved version in force for those who come after", async () => {
    const book = await PolicyBook.open(options());
    book.put("acc_1", parsePolicy(yaml("mine"), { kids, revision: 1 }));
    const held = book.get("acc_1", "mine");
    book.put("acc_1", parsePolicy(yaml("mine", "block"), { kids, revision: 2 }));
    expect(held?.entities.PHONE.action).toBe("redact");
    expect(book.get("acc_1", "mine")?.entities.PHONE.action).toBe("block");
    book.remove("acc_1", "mine");
    expect(book.get("acc_1", "mine")).toBeNull();
  });

  it("reads a folder, replaces the default, and reloads all or nothing", async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, "a.yaml"), yaml("healthcare-default"));
      await writeFile(join(folder, "b.yml"), yaml("clinic"));
      await writeFile(join(folder, "notes.txt"), "not a policy");
      const book = await PolicyBook.open(options({ path: folder }));
      expect(book.get("acc_1", "healthcare-default")?.entities.PHONE.action).toBe("redact");
      expect(book.sourceOf("acc_1", "clinic")).toBe("file");
      expect(book.sourceOf("acc_1", "strict")).toBe("built-in");

      await writeFile(join(folder, "b.yml"), yaml("clinic", "block"));
      const changed = await book.reload();
      expect(changed.map((p) => [p.name, p.revision])).toEqual([["clinic", 2]]);

      await writeFile(join(folder, "a.yaml"), yaml("healthcare-default", "passthrough"));
      await writeFile(join(folder, "b.yml"), "name: [");
      await expect(book.reload()).rejects.toMatchObject({ code: "policy_yaml_invalid" });
      expect(book.get("acc_1", "healthcare-default")?.entities.PHONE.action).toBe("redact");
      expect(book.get("acc_1", "clinic")?.entities.PHONE.action).toBe("block");
    });
  });

  it("stops on a bad file, naming it and the line", async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, "bad.yaml"), yaml("clinic", "shred"));
      await expect(PolicyBook.open(options({ path: join(folder, "bad.yaml") }))).rejects.toMatchObject({
        code: "policy_yaml_invalid",
        details: [{ path: "bad.yaml: entities.PHONE.action", line: 7 }],
      });
      await expect(PolicyBook.open(options({ path: join(folder, "none.yaml") }))).rejects.toMatchObject({
        code: "policy_yaml_invalid",
      });
    });
  });

  it("uses the default in place of a bad file in development, and says so", async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, "bad.yaml"), yaml("clinic", "shred"));
      const opts = options({ path: join(folder, "bad.yaml"), dev: true });
      const book = await PolicyBook.open(opts);
      expect(book.get("acc_1", "clinic")?.entities.PHONE.action).toBe("tokenize");
      expect(opts.warnings).toEqual(["bad.yaml"]);
    });
  });

  it("refuses two files of one name", async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, "a.yaml"), yaml("clinic"));
      await writeFile(join(folder, "b.yaml"), yaml("clinic", "block"));
      await expect(PolicyBook.open(options({ path: folder }))).rejects.toMatchObject({
        details: [{ code: "name_taken" }],
      });
    });
  });
});

describe("diffPolicies", () => {
  const base = parsePolicy(yaml("a"), { kids, revision: 1 });

  it("is empty for one and the same", () => {
    expect(diffPolicies(base, base)).toEqual({ kinds_added: [], kinds_removed: [], changes: [] });
  });

  it("names kinds, thresholds, actions and list entries", () => {
    const after = parsePolicy(
      `${yaml("a", "block")}  ORG: {}\n  URL: { enabled: false }\n  SSN: { confidence_threshold: 0.3 }\ndeny: [Okonkwo]\n`,
      { kids, revision: 2 },
    );
    const diff = diffPolicies(base, after);
    expect(diff.kinds_added).toEqual(["ORG"]);
    expect(diff.kinds_removed).toEqual(["URL"]);
    expect(diff.changes).toContainEqual({ path: "entities.PHONE.action", from: "redact", to: "block" });
    expect(diff.changes).toContainEqual({ path: "entities.SSN.confidence_threshold", from: 0.6, to: 0.3 });
    expect(diff.changes).toContainEqual({ path: "deny", from: null, to: "Okonkwo" });
    expect(diff.changes).toHaveLength(5);
  });
});
