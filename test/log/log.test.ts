import { describe, expect, it } from "vitest";
import { MaskerError } from "../../src/errors.ts";
import { createLog } from "../../src/log/create-log.ts";
import { errorFields } from "../../src/log/error-fields.ts";

function capture(level: "debug" | "info" | "warn" | "error", format: "json" | "pretty") {
  const lines: string[] = [];
  return { lines, log: createLog({ level, format }, (line) => lines.push(line)) };
}

describe("createLog", () => {
  it("writes one JSON object a line, whatever the text holds", () => {
    const { log, lines } = capture("info", "json");
    log.info('quote " and\nline', { route: "GET /health", status: 200 });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.indexOf("\n")).toBe((lines[0]?.length ?? 0) - 1);
    const { ts, ...rest } = JSON.parse(lines[0] ?? "");
    expect(ts).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(rest).toEqual({ level: "info", message: 'quote " and\nline', route: "GET /health", status: 200 });
  });

  it.each(["json", "pretty"] as const)("drops fields that are not allowed (%s)", (format) => {
    const { log, lines } = capture("info", format);
    const fields = { status: 200, body: "Maria Planted", ts: "forged", error_at: { nested: "Maria Planted" } };
    log.info("x", fields as never);
    expect(lines.join()).toContain("200");
    expect(lines.join()).not.toContain("Planted");
    expect(lines.join()).not.toContain("forged");
  });

  it("keeps to its level", () => {
    const { log, lines } = capture("warn", "json");
    log.debug("a");
    log.info("b");
    log.warn("c");
    log.error("d");
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(["c", "d"]);
  });
});

describe("errorFields", () => {
  it("names class and functions, never the message", () => {
    function readPatient(): never {
      throw new RangeError("Maria Planted\n    at Planted (planted.ts:1:1)");
    }
    let fields = {};
    try {
      readPatient();
    } catch (thrown) {
      fields = errorFields(new MaskerError("internal_error", { message: "Planted", cause: thrown }));
    }
    expect(fields).toMatchObject({ code: "internal_error", error_class: "RangeError" });
    expect(JSON.stringify(fields)).toContain("readPatient log.test.ts");
    expect(JSON.stringify(fields)).not.toContain("lanted");
  });

  it("survives what is no error", () => {
    expect(errorFields("Planted")).toEqual({ error_class: "string", error_at: "" });
    expect(errorFields(undefined).error_class).toBe("undefined");
  });
});
