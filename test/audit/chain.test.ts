import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chainLine, checkLine, EventChecker, GENESIS_HASH } from "../../src/audit/chain.ts";
import { EVENT_FIELDS } from "../../src/audit/event-fields.ts";
import { verifyLog } from "../../src/audit/verify.ts";
import { KEY, open, temporaryFolder } from "./fixture.ts";
import { goldenInputs } from "./golden.ts";

const GOLDEN = join(import.meta.dirname, "golden.audit.jsonl");
const GOLDEN_TIME = Date.parse("2026-05-03T21:14:32.481Z");

/** The rule as audit-and-reports states it, written without anything of ours. */
function ruleHash(line: string): string {
  const { this_hash: _, ...rest } = JSON.parse(line);
  const sorted = (_: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHmac("sha256", KEY)
    .update(rest.prev_hash + JSON.stringify(rest, sorted))
    .digest("hex");
}

describe("the golden log", () => {
  it("holds an event of every kind, with every field", async () => {
    const stored = (await readFile(GOLDEN, "utf8")).trimEnd().split("\n").slice(1);
    const byKind = new Map(stored.map((line) => [JSON.parse(line).kind, JSON.parse(line)]));
    for (const [kind, fields] of Object.entries(EVENT_FIELDS)) {
      expect(Object.keys(byKind.get(kind) ?? {}), kind).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
  });

  it("is chained by the rule: HMAC over prev_hash and the canonical event, from 64 zeros", async () => {
    let prev = "0".repeat(64);
    for (const line of (await readFile(GOLDEN, "utf8")).trimEnd().split("\n")) {
      const { prev_hash, this_hash } = JSON.parse(line);
      expect(prev_hash).toBe(prev);
      expect(this_hash).toBe(ruleHash(line));
      prev = this_hash;
    }
  });

  it("is what today's writer writes, byte for byte", async () => {
    const path = join(await temporaryFolder(), "audit.log");
    const log = await open(path, { clock: () => GOLDEN_TIME });
    await log.append(goldenInputs());
    await log.close();
    expect(await readFile(path, "utf8")).toBe(await readFile(GOLDEN, "utf8"));
    expect(await readFile(join(path, "..", "audit.checkpoints"), "utf8")).toBe(
      await readFile(GOLDEN.replace(".jsonl", ".checkpoints.jsonl"), "utf8"),
    );
  });

  it("verifies", async () => {
    const checkpoints = GOLDEN.replace(".jsonl", ".checkpoints.jsonl");
    const verified = await verifyLog({ path: GOLDEN, key: KEY, checkpoints });
    expect(verified).toMatchObject({ ok: true, message: "chain ok", events: goldenInputs().length });
  });
});

describe("the fast check of a line", () => {
  const checker = new EventChecker(KEY);
  const fields = fc.record(
    {
      aa: fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
      kind: fc.constantFrom("redaction", 'with "quotes" and \\', "{[,:]}"),
      nested: fc.dictionary(fc.string(), fc.array(fc.integer())),
      number: fc.double({ noNaN: true, noDefaultInfinity: true }),
      ts: fc.constantFrom(null, true, "2026-05-03T21:14:32.481Z"),
      v: fc.constant(1),
    },
    { requiredKeys: ["ts", "v"] },
  );

  it("accepts what the writer writes, as the full check does", () => {
    fc.assert(
      fc.property(fields, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (rest, seq) => {
        const line = chainLine(KEY, GENESIS_HASH, { ...rest, seq });
        const bytes = Buffer.from(`before\n${line.text}\nafter`);
        const end = bytes.length - 6;
        expect(checker.check(GENESIS_HASH, seq, bytes, 7, end)).toBe(line.this_hash);
        expect(checkLine(KEY, GENESIS_HASH, bytes, 7, end)).toMatchObject({ ok: true, this_hash: line.this_hash });
        expect(checker.check(GENESIS_HASH, seq + 1, bytes, 7, end)).toBeNull();
        expect(checker.check(line.this_hash, seq, bytes, 7, end)).toBeNull();
      }),
    );
  });

  it("accepts nothing that the full check refuses: bytes changed, put in, taken out, or moved", () => {
    fc.assert(
      fc.property(fields, fc.nat(), fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 3 }), (rest, a, b, byte, how) => {
        const { text } = chainLine(KEY, GENESIS_HASH, { ...rest, seq: 7 });
        const bytes = [...Buffer.from(text)];
        const from = a % bytes.length;
        if (how === 0) bytes[from] = byte;
        else if (how === 1) bytes.splice(from, 0, byte);
        else if (how === 2) bytes.splice(from, 1 + (b % 8));
        else bytes.splice(b % bytes.length, 0, ...bytes.splice(from, 1 + (byte % 90)));
        const changed = Buffer.from(bytes);
        if (changed.toString("latin1") === Buffer.from(text).toString("latin1")) return;
        expect(checker.check(GENESIS_HASH, 7, changed, 0, changed.length)).toBeNull();
        expect(checkLine(KEY, GENESIS_HASH, changed, 0, changed.length).ok).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("does not accept this_hash in another place of the same members", () => {
    const { text } = chainLine(KEY, GENESIS_HASH, { kind: "x", seq: 1, token_kind: "MSKV1", ts: "t", v: 1 });
    const member = /"this_hash":"[0-9a-f]{64}"/.exec(text)![0];
    const without = text.replace(`${member},`, "");
    const members = without.slice(1, -1).split(/,(?=")/);
    const accepted: string[] = [];
    for (let place = 0; place <= members.length; place++) {
      const moved = `{${members.toSpliced(place, 0, member).join(",")}}`;
      const bytes = Buffer.from(moved);
      const fast = checker.check(GENESIS_HASH, 1, bytes, 0, bytes.length) !== null;
      expect(checkLine(KEY, GENESIS_HASH, bytes, 0, bytes.length).ok).toBe(fast);
      if (fast) accepted.push(moved);
    }
    expect(accepted).toEqual([text]);
  });
});
