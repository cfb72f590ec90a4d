import { describe, expect, it } from "vitest";
import { KIND_NAMES } from "../../src/detect/kind.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import { PRESETS } from "../../src/policy/presets.ts";

const kids = new Set(["K_HEALTHCARE"]);

describe("presets", () => {
  it.each([...PRESETS])("%s is valid, named as its file, and rules every kind", (name, yaml) => {
    const policy = parsePolicy(yaml, { kids, revision: 1 });
    expect(policy.name).toBe(name);
    for (const kind of KIND_NAMES) expect(yaml).toContain(`\n  ${kind}: {`);
  });

  it("masks every Safe Harbor kind in the default", () => {
    const policy = parsePolicy(PRESETS.get("healthcare-default")!, { kids, revision: 1 });
    const bare = KIND_NAMES.filter(
      (kind) => !policy.entities[kind].enabled || policy.entities[kind].action === "passthrough",
    );
    expect(bare).toEqual(["ORG"]);
  });
});
