import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseLabels } from "../../src/ner/labels.ts";
import { findModel } from "../../src/ner/model.ts";
import { readOpset } from "../../src/ner/opset.ts";

const BUILT_IN = new URL("../../src/ner/model/", import.meta.url).pathname;
const onnx = readFileSync(join(BUILT_IN, "model.int8.onnx"));
const labelsText = readFileSync(join(BUILT_IN, "labels.json"), "utf8");

interface Edited {
  format: unknown;
  labels: unknown;
  thresholds: unknown;
  confidence: unknown;
  extra?: unknown;
  probes?: unknown;
}

function edited(change: (labels: Edited) => void): string {
  const labels = JSON.parse(labelsText) as Edited;
  change(labels);
  return JSON.stringify(labels);
}

async function withFolder(
  files: Readonly<Record<string, string | Buffer>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "masker-model-"));
  try {
    for (const name of ["model.int8.onnx", "vocab.txt", "labels.json"])
      copyFileSync(join(BUILT_IN, name), join(folder, name));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("labels.json", () => {
  it.each<[string, (labels: Edited) => void]>([
    [
      "an unknown key",
      (labels) => {
        labels.extra = 1;
      },
    ],
    [
      "a label that is no kind",
      (labels) => {
        labels.labels = ["O", "PERSON"];
      },
    ],
    [
      "O not first",
      (labels) => {
        labels.labels = ["NAME", "O"];
      },
    ],
    [
      "a kind twice",
      (labels) => {
        labels.labels = ["O", "NAME", "NAME"];
      },
    ],
    [
      "nothing but O",
      (labels) => {
        labels.labels = ["O"];
      },
    ],
    [
      "a neighbour threshold below the seed",
      (labels) => {
        labels.thresholds = { default: { seed: 0.5, neighbour: 0.4 }, kinds: {} };
      },
    ],
    [
      "a confidence curve that falls",
      (labels) => {
        labels.confidence = [
          [0, 0.5],
          [1, 0.4],
        ];
      },
    ],
    [
      "a confidence curve that ends early",
      (labels) => {
        labels.confidence = [
          [0, 0],
          [0.9, 1],
        ];
      },
    ],
    [
      "a probe that does not hold its part",
      (labels) => {
        labels.probes = [{ text: "hello", masked: ["world"] }];
      },
    ],
    [
      "another format",
      (labels) => {
        labels.format = 2;
      },
    ],
  ])("refuses %s", (_, change) => {
    expect(() => parseLabels(edited(change))).toThrow();
  });

  it("takes the built-in one", () => {
    expect(parseLabels(labelsText).labels[0]).toBe("O");
  });
});

describe("readOpset", () => {
  it("reads the built-in model's", () => {
    expect(readOpset(onnx)).toBe(17);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["text", new TextEncoder().encode("<html>not found</html>")],
    ["a pointer file in its place", new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\n")],
    ["a file cut short", onnx.subarray(0, onnx.length - 1000)],
    ["zeros", new Uint8Array(64)],
  ])("gives null for %s", (_, bytes) => {
    expect(readOpset(bytes)).toBeNull();
  });

  it("gives a number or null for any cut, and does not throw", () => {
    for (let length = 0; length < 200; length += 1) expect(readOpset(onnx.subarray(0, length))).toBeNull();
  });
});

describe("findModel", () => {
  it("takes a folder or the file in it", async () => {
    await withFolder({}, async (folder) => {
      expect((await findModel(folder)).model).toBe(join(folder, "model.int8.onnx"));
      expect((await findModel(join(folder, "model.int8.onnx"))).labels).toEqual(parseLabels(labelsText));
    });
  });

  it.each<[string, Readonly<Record<string, string | Buffer>>, RegExp]>([
    ["a model cut short", { "model.int8.onnx": onnx.subarray(0, 1_000_000) }, /not an ONNX file/],
    ["labels that are no JSON", { "labels.json": "{" }, /labels\.json is not valid/],
    [
      "labels with a wrong kind",
      {
        "labels.json": edited((labels) => {
          labels.labels = ["O", "PERSON"];
        }),
      },
      /labels\.json is not valid at labels\.1/,
    ],
  ])("refuses %s and says so", async (_, files, message) => {
    await withFolder(files, async (folder) => {
      const refused = await findModel(folder).catch((error: Error) => error);
      expect(refused).toMatchObject({ code: "detection_unavailable", message: expect.stringMatching(message) });
    });
  });

  it("refuses a path that is not there, without naming it", async () => {
    const refused = await findModel("/nowhere/secret-name").catch((error: Error) => error);
    expect(refused).toMatchObject({ code: "detection_unavailable" });
    expect((refused as Error).message).not.toContain("secret-name");
  });

  it("refuses a model without its labels beside it", async () => {
    await withFolder({}, async (folder) => {
      rmSync(join(folder, "labels.json"));
      await expect(findModel(folder)).rejects.toThrow(/labels\.json cannot be read/);
    });
  });
});
