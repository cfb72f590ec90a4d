import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/registry.ts";
import { masker } from "./masker.ts";

const run = (args: readonly string[], input: string | Uint8Array = "", env: Record<string, string> = {}) =>
  masker(args, { input, env });

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "masker-cli-")), "input");
  writeFileSync(path, text);
  return path;
}

describe("the dispatcher", () => {
  it.each([[[]], [["help"]], [["--help"]], [["-h"]]])("shows every command for %o", async (args) => {
    const { code, out } = await run(args);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS)
      expect(out).toMatch(new RegExp(`^  ${name} +${RegExp.escape(summary)}$`, "m"));
  });

  it.each(COMMANDS.map(({ name }) => [name]))("shows the help of %s both ways", async (name) => {
    const { code, out } = await run(["help", ...name.split(" ")]);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: masker ${name}`);
    expect((await run([...name.split(" "), "--help"])).out).toBe(out);
  });

  it.each([
    [["nope"], /no command "nope"/],
    [["version", "--nope"], /'--nope'/],
    [["version", "more"], /no arguments/],
    [["keys", "generate", "--kid", "lower"], /upper-case/],
    [["detect", "--threshold", "2"], /0 to 1/],
    [["detect", "--passes", "magic"], /--passes takes/],
    [["detect", "--input", "/nowhere"], /no such file/],
    [["mask", "--scheme", "rot13"], /--scheme takes/],
    [["mask", "--policy", "/nowhere"], /a policy is one of/],
  ])("refuses %o as a usage error", async (args, message) => {
    const { code, out, err } = await run(args, "x");
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(message);
  });

  it("ends with 1 and every problem of a bad configuration", async () => {
    const { code, err } = await run(["detect"], "x", { MASKER_DEV: "perhaps", MASKER_NER_THREADS: "0" });
    expect(code).toBe(1);
    expect(err).toMatch(/MASKER_DEV: must be 1 or 0/);
    expect(err).toMatch(/MASKER_NER_THREADS: must be a whole number/);
  });

  it("ends with 3 for an invalid policy, and names its fields", async () => {
    const path = file(
      "name: x\nversion: 1\nkid: K_A\ntokenization: vault-deterministic\npasses: [telepathy]\nentities: {}\n",
    );
    const { code, err } = await run(["detect", "--policy", path], "x");
    expect(code).toBe(3);
    expect(err).toContain("passes");
  });
});

describe("version", () => {
  it("is read by programs with --json", async () => {
    const { out } = await run(["version", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      version: expect.any(String),
      commit: expect.any(String),
      platform: expect.any(String),
    });
  });
});

describe("keys generate", () => {
  it("prints four different keys of 32 bytes that a start takes", async () => {
    const { out } = await run(["keys", "generate", "--kid", "K_CLINIC"]);
    const keys = out
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s));
    expect(keys.map(([name]) => name)).toEqual([
      "MASKER_SESSION_SECRET",
      "MASKER_AUDIT_HMAC_KEY",
      "MASKER_SIGNING_KEY",
      "MASKER_KEY_K_CLINIC",
    ]);
    expect(keys.map(([, key]) => Buffer.from(key ?? "", "base64").length)).toEqual([32, 32, 32, 32]);
    expect(new Set(keys.map(([, key]) => key)).size).toBe(4);
  });
});

describe("detect", () => {
  const TEXT = "call me at 415-555-0134, ünïcödé 🙂 or 212-555-0187";

  it("gives places in UTF-16 code units, without the text unless asked", async () => {
    const { out } = await run(["detect", "--passes", "regex"], TEXT);
    const { spans } = JSON.parse(out) as { spans: { start: number; end: number; kind: string }[] };
    expect(spans.map(({ start, end }) => TEXT.slice(start, end))).toEqual(["415-555-0134", "212-555-0187"]);
    expect(out).not.toContain("555");
    expect((await run(["detect", "--passes", "regex", "--show-text"], TEXT)).out).toContain('"text":"212-555-0187"');
  });

  it("takes JSON apart, and gives places in its source", async () => {
    const text = String.raw`{"patient": {"phone": "415\u002d555-0134"}, "n": "A \"quoted\" one"}`;
    const { out } = await run(["detect", "--passes", "regex"], text);
    const { spans } = JSON.parse(out) as { spans: { start: number; end: number }[] };
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual([String.raw`415\u002d555-0134`]);
  });

  it("answers a corpus line by line in its order, whatever stands between", async () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({ id, text: id % 3 === 0 ? TEXT : "nothing to see" }));
    const input = `\n${rows.map((row) => JSON.stringify({ note: "ignored", ...row })).join("\r\n")}\n\n`;
    const { code, out } = await run(["detect", "--ndjson", "--passes", "regex"], input);
    expect(code).toBe(0);
    const answers = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: number; spans: unknown[] });
    expect(answers.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(answers.map(({ spans }) => spans.length)).toEqual(rows.map(({ id }) => (id % 3 === 0 ? 2 : 0)));
  });

  it("reads a conversation as one: the question tells what the answer is", async () => {
    const messages = [
      { role: "assistant", content: "What is your phone number?" },
      { role: "user", content: "four one five five five five oh one three four" },
      { role: "assistant", content: null },
      { role: "robot", content: "ok" },
    ];
    const { out } = await run(["detect", "--ndjson", "--passes", "regex"], JSON.stringify({ id: "x", messages }));
    expect(JSON.parse(out)).toEqual({
      id: "x",
      spans: [expect.objectContaining({ message: 1, start: 0, end: messages[1]?.content?.length, kind: "PHONE" })],
    });
  });

  it.each(["{", '{"id": 1}', '{"text": "no id"}', '{"id": 1, "messages": "Maria Planted"}', "Maria Planted"])(
    "stops at a line that is none of its own, and does not repeat it: %s",
    async (line) => {
      const { code, err } = await run(["detect", "--ndjson"], `{"id": 1, "text": "x"}\n${line}\n`);
      expect(code).toBe(1);
      expect(err).toContain("Line 2 is not");
      expect(err).not.toContain("Planted");
    },
  );

  it("drops hits below the threshold given", async () => {
    const count = async (threshold: string) => {
      const { out } = await run(
        ["detect", "--passes", "regex", "--threshold", threshold],
        "my name is Ottilie Brandvold",
      );
      return (JSON.parse(out) as { spans: unknown[] }).spans.length;
    };
    expect(await count("0.1")).toBe(1);
    expect(await count("1")).toBe(0);
  });

  it("refuses what is not UTF-8", async () => {
    expect((await run(["detect"], new Uint8Array([0xff, 0xfe]))).code).toBe(64);
  });
});

describe("mask", () => {
  it("puts tokens where the identifiers stood, the same for the same", async () => {
    const { code, out } = await run(["mask", "--passes", "regex"], "call 415-555-0134, I repeat: 415-555-0134.");
    expect(code).toBe(0);
    const { masked, events } = JSON.parse(out) as {
      masked: string;
      events: { entity_kind: string; token_kind: string }[];
    };
    const [, first, second] = /^call (\S+), I repeat: (\S+)\.$/.exec(masked) ?? [];
    expect(first).toMatch(/^MSKV1\.PHONE\.K_HEALTHCARE\.[A-Z2-7]{26}$/);
    expect(second).toBe(first);
    expect(events.map(({ entity_kind, token_kind }) => [entity_kind, token_kind])).toEqual([
      ["PHONE", "MSKV1"],
      ["PHONE", "MSKV1"],
    ]);
  });

  it("keeps JSON JSON", async () => {
    const text = JSON.stringify({
      patient: { name: 'Ottilie "Tilly" Brandvold', phone: 4155550134 },
      nested: JSON.stringify({ phone: "415-555-0134" }),
    });
    const { out } = await run(["mask", "--passes", "regex"], text);
    const { masked } = JSON.parse(out) as { masked: string };
    const record = JSON.parse(masked) as { patient: Record<string, string>; nested: string };
    expect(record.patient.phone).toMatch(/^MSKV1\.PHONE\./);
    expect((JSON.parse(record.nested) as { phone: string }).phone).toMatch(/^MSKV1\.PHONE\./);
    expect(masked).not.toContain("Brandvold");
  });

  it("does as the policy says, by kind", async () => {
    const policy = file(
      "name: mine\nversion: 1\nkid: K_MINE\ntokenization: reversible-aead\npasses: [regex]\nentities:\n  PHONE: {action: redact}\n  EMAIL: {}\n",
    );
    const text = "write to o.b@example.com or call 415-555-0134";
    const { out } = await run(["mask", "--policy", policy], text);
    expect(JSON.parse(out)).toMatchObject({ policy_name: "mine", blocked: false });
    expect(out).toContain("[REDACTED:PHONE]");
    expect(out).toContain("MSK1.EMAIL.K_MINE.");
  });

  it("ends with 2 when a match was required and none was found", async () => {
    expect((await run(["mask", "--require-match"], "the clinic opens at eight")).code).toBe(2);
    expect((await run(["mask", "--require-match"], "call 415-555-0134")).code).toBe(0);
  });
});
