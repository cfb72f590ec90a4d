import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { extractNative, loadLibrary } from "../../src/ner/native.ts";
import { ONNXRUNTIME_VERSION, PINNED } from "../../src/ner/native-files.ts";

const packageFolder = dirname(dirname(createRequire(import.meta.url).resolve("onnxruntime-node")));
const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "masker-native-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const refusal = (run: Promise<unknown>) =>
  run.then(
    () => null,
    (error: Error) => error,
  );

describe("pinned native files", () => {
  it("belong to the installed version", () => {
    const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };
    expect(version).toBe(ONNXRUNTIME_VERSION);
  });

  it.each(Object.entries(PINNED))("have the hashes of the package: %s", (platform, { name, library, addon }) => {
    const folder = join(packageFolder, "bin/napi-v6", platform);
    expect(sha256(join(folder, name))).toBe(library);
    expect(sha256(join(folder, "onnxruntime_binding.node"))).toBe(addon);
  });
});

describe("extractNative", () => {
  it("writes both files once, whole, private, and leaves nothing else", async () => {
    await withFolder(async (folder) => {
      const runtime = join(folder, "made/when/missing");
      const paths = await extractNative(runtime);
      const { library, addon } = PINNED[`${process.platform}/${process.arch}`]!;
      expect([sha256(paths.library), sha256(paths.addon)]).toEqual([library, addon]);
      expect(statSync(dirname(paths.library)).mode & 0o077).toBe(0);
      expect(readdirSync(dirname(paths.library))).toHaveLength(2);
      const { mtimeMs, ino } = statSync(paths.library);
      expect(await extractNative(runtime)).toEqual(paths);
      expect(statSync(paths.library)).toMatchObject({ mtimeMs, ino });
    });
  });

  it("is safe against starts at the same time", async () => {
    await withFolder(async (folder) => {
      const all = await Promise.all(Array.from({ length: 6 }, () => extractNative(folder)));
      expect(new Set(all.map(({ library }) => library)).size).toBe(1);
      expect(sha256(all[0]!.library)).toBe(PINNED[`${process.platform}/${process.arch}`]!.library);
      expect(readdirSync(dirname(all[0]!.library))).toHaveLength(2);
    });
  });

  it("removes what a killed start left long ago, not what one under way writes", async () => {
    await withFolder(async (folder) => {
      const { library } = await extractNative(folder);
      const [old, young] = [join(dirname(library), ".old.tmp"), join(dirname(library), ".young.tmp")];
      for (const path of [old, young]) writeFileSync(path, "part");
      utimesSync(old, new Date(0), new Date(0));
      rmSync(library);
      await extractNative(folder);
      expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
    });
  });

  it.each<[string, (path: string) => void]>([
    ["a damaged file", (path) => writeFileSync(path, "not a library")],
    [
      "a library for another processor",
      (path) =>
        writeFileSync(
          path,
          readFileSync(
            join(packageFolder, "bin/napi-v6/linux", process.arch === "x64" ? "arm64" : "x64", "libonnxruntime.so.1"),
          ),
        ),
    ],
  ])("replaces %s", async (_, damage) => {
    await withFolder(async (folder) => {
      const { library } = await extractNative(folder);
      chmodSync(library, 0o700);
      damage(library);
      await extractNative(folder);
      expect(sha256(library)).toBe(PINNED[`${process.platform}/${process.arch}`]!.library);
    });
  });

  it("says what is wrong when the folder cannot be made, and writes nothing", async () => {
    await withFolder(async (folder) => {
      const blocked = join(folder, "file");
      writeFileSync(blocked, "");
      const refused = await refusal(extractNative(join(blocked, "runtime")));
      expect(refused).toMatchObject({
        code: "detection_unavailable",
        message: expect.stringMatching(/runtime folder/),
      });
      expect(refused?.message).not.toContain(folder);
      expect(existsSync(join(folder, "runtime"))).toBe(false);
    });
  });
});

describe("loadLibrary", () => {
  it.each([
    [
      "another processor's",
      join(packageFolder, "bin/napi-v6/linux", process.arch === "x64" ? "arm64" : "x64", "libonnxruntime.so.1"),
    ],
    ["no library", join(packageFolder, "package.json")],
    [
      "another system's",
      join(
        packageFolder,
        "bin/napi-v6",
        process.platform === "darwin" ? "win32/x64/onnxruntime.dll" : "darwin/arm64/libonnxruntime.1.dylib",
      ),
    ],
  ])("refuses %s library with a sentence for the operator", (_, path) => {
    let refused: unknown;
    try {
      loadLibrary(path);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ code: "detection_unavailable" });
    expect((refused as Error).message).not.toContain(packageFolder);
  });
});
