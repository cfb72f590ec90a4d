import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { masker as run } from "./masker.ts";

const masker = (...args: readonly string[]) => run(args);

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "masker-policy-")), "policy.yaml");
  writeFileSync(path, text);
  return path;
}

const shown = (await masker("policy", "show")).out;

it("shows the text of a policy, which is valid as it stands, and how it is understood", async () => {
  expect(shown).toMatch(/^name: healthcare-default$/m);
  const path = file(shown);
  expect(await masker("policy", "validate", path)).toMatchObject({
    code: 0,
    out: `${path}: valid (healthcare-default)\n`,
  });
  const read = JSON.parse((await masker("policy", "show", path, "--json")).out);
  expect(read).toMatchObject({ name: "healthcare-default", entities: { SSN: { enabled: true } } });
  expect((await masker("policy", "show", "nowhere.yaml")).code).toBe(64);
});

it("names every problem of an invalid policy with its line, and ends with 3", async () => {
  const good = file(shown);
  const bad = file("version: 1\nname: mine\nkid: K_ANY\npasses: [regex]\nentities:\n  SSN: { action: shout }\n");
  const { code, out } = await masker("policy", "validate", good, bad);
  expect(code).toBe(3);
  expect(out).toContain(`${good}: valid`);
  expect(out).toMatch(/policy\.yaml:1: tokenization/);
  expect(out).toMatch(/policy\.yaml:6: entities\.SSN\.action/);
  const [first, second] = (await masker("policy", "validate", good, bad, "--json")).out.trim().split("\n");
  expect([JSON.parse(first ?? "").valid, JSON.parse(second ?? "").problems.length > 1]).toEqual([true, true]);
  expect((await masker("policy", "validate")).code).toBe(64);
  expect((await masker("policy", "show", bad, "--json")).code).toBe(3);
});

it("tells what a move from one policy to another changes", async () => {
  const path = file(shown.replace(/^passes: .*$/m, "passes: [regex]"));
  expect(await masker("policy", "diff", path, path)).toMatchObject({ code: 0, out: "" });
  const { code, out } = await masker("policy", "diff", "healthcare-default", path);
  expect({ code, out }).toEqual({ code: 2, out: expect.stringMatching(/^~ passes: "regex, ner" -> "regex"$/m) });
  expect(JSON.parse((await masker("policy", "diff", "healthcare-default", path, "--json")).out).changes).toEqual([
    { path: "passes", from: "regex, ner", to: "regex" },
  ]);
  expect((await masker("policy", "diff", path)).code).toBe(64);
});
