/**
 * Puts the embedded ONNX Runtime on disk, where the system's loader can reach it, and loads it.
 *
 * 1. `extractNative` writes library and addon into the runtime folder once; a file whose SHA-256 is not the pinned one is
 *    replaced. Concurrent starts are safe: each writes its own temporary file and renames it into place.
 * 2. `loadNative` loads the library, then the addon, which finds the library already there.
 *
 * The addon is written by us as well because Bun would unpack it into the shared temporary folder, which hardened hosts
 * mount noexec and where any local user could have put a file of that name first.
 */
import { dlopen } from "bun:ffi";
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { InferenceSession, OnnxValue, TensorConstructor } from "onnxruntime-common";
import { MaskerError } from "../errors.ts";
import { type NativeFile, nativeFiles, ONNXRUNTIME_VERSION } from "./native-files.ts";

const CHUNK_BYTES = 1024 * 1024;
const TEMPORARY = ".tmp";
const STALE_MS = 10 * 60_000;

/** Paths of the extracted files. */
export interface NativePaths {
  readonly library: string;
  readonly addon: string;
}

/** The part of the addon's interface that is used (onnxruntime-node `dist/binding.d.ts`, pinned). */
export interface NativeBinding {
  readonly InferenceSession: new () => NativeSession;
  initOrtOnce(logLevel: number, tensor: TensorConstructor, isMainThread: boolean): void;
}

export interface NativeSession {
  loadModel(
    buffer: ArrayBuffer,
    byteOffset: number,
    byteLength: number,
    options: InferenceSession.SessionOptions,
  ): void;
  readonly inputMetadata: readonly NativeMetadata[];
  readonly outputMetadata: readonly NativeMetadata[];
  /** Runs on the calling thread. Keys of `fetches` name the wanted outputs. */
  run(
    feeds: Readonly<Record<string, OnnxValue>>,
    fetches: Readonly<Record<string, null>>,
    options: InferenceSession.RunOptions,
  ): Record<string, OnnxValue>;
  dispose(): void;
}

export interface NativeMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  /** -1 where the dimension is free. */
  readonly shape: readonly number[];
  /** TensorProto.DataType of ONNX: 1 float32, 7 int64. */
  readonly type: number;
}

/** A start-up failure of the statistical pass; the message is for the operator's log and names no path. */
export function nerFailure(message: string, cause?: unknown): MaskerError {
  return new MaskerError("detection_unavailable", cause === undefined ? { message } : { message, cause });
}

/**
 * Makes sure that both native files lie in `runtimeDir`, byte for byte as pinned.
 * @throws MaskerError detection_unavailable with a message for the operator.
 */
export async function extractNative(runtimeDir: string): Promise<NativePaths> {
  const files = await nativeFiles();
  if (files === null) throw nerFailure("ONNX Runtime does not exist for this platform, so the NER model cannot run.");
  const folder = join(
    runtimeDir,
    `onnxruntime-${ONNXRUNTIME_VERSION}-${process.platform}-${process.arch}-${files.library.sha256.slice(0, 12)}`,
  );
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw writeFailure(error);
  }
  return { library: await extract(files.library, folder), addon: await extract(files.addon, folder) };
}

async function extract(file: NativeFile, folder: string): Promise<string> {
  const path = join(folder, file.name);
  if ((await digest(path)) === file.sha256) return path;
  await removeStale(folder);
  const temporary = join(folder, `.${file.name}.${randomUUID()}${TEMPORARY}`);
  try {
    await write(file.source, temporary);
    // Read back before it gets its name: a file of that name is always whole.
    if ((await digest(temporary)) !== file.sha256) {
      throw nerFailure("ONNX Runtime has the wrong hash after it was written: the executable or the disk is damaged.");
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error instanceof MaskerError ? error : writeFailure(error);
  }
  return path;
}

/** What a start that was killed left behind. Younger ones may belong to a start that is under way. */
async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith(TEMPORARY)) continue;
    const path = join(folder, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Megabyte by megabyte, here and in `digest`: the thread serves calls meanwhile. */
async function write(source: string, path: string): Promise<void> {
  const embedded = Bun.file(source);
  // Not writable, not even by us: the running process has it mapped.
  const handle = await open(path, "wx", 0o500);
  try {
    for (let at = 0; at < embedded.size; at += CHUNK_BYTES) {
      await handle.writeFile(await embedded.slice(at, at + CHUNK_BYTES).bytes());
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** SHA-256 in hex; null when there is no readable file. */
async function digest(path: string): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) hash.update(chunk as Buffer);
  } catch {
    return null;
  }
  return hash.digest("hex");
}

function writeFailure(error: unknown): MaskerError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return nerFailure("The disk is full: ONNX Runtime needs 50 MB in the runtime folder of the data folder.", error);
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return nerFailure("The runtime folder of the data folder is not writable; ONNX Runtime is written there.", error);
    default:
      return nerFailure("ONNX Runtime cannot be written into the runtime folder of the data folder.", error);
  }
}

/**
 * Loads the shared library into this process; loading it again is free.
 * @throws MaskerError detection_unavailable with a message for the operator.
 */
export function loadLibrary(path: string): void {
  silenceTelemetry();
  try {
    dlopen(path, { OrtGetApiBase: { args: [], returns: "ptr" } });
  } catch (error) {
    throw loadFailure(error);
  }
}

/** Where each system keeps the environment that native code reads; what JavaScript changes of it does not reach that. */
const SETENV: Readonly<Partial<Record<NodeJS.Platform, readonly [library: string, name: "setenv" | "_putenv_s"]>>> = {
  linux: ["libc.so.6", "setenv"],
  darwin: ["libSystem.B.dylib", "setenv"],
  win32: ["ucrtbase.dll", "_putenv_s"],
};

/**
 * Builds of ONNX Runtime from 1.30 on report to their maker unless told not to. Nothing is loaded where that cannot be said.
 * @throws MaskerError detection_unavailable
 */
function silenceTelemetry(): void {
  const place = SETENV[process.platform];
  if (place === undefined) throw nerFailure("ONNX Runtime's reports to its maker cannot be switched off here.");
  const [library, name] = place;
  const text = (value: string) => Buffer.from(`${value}\0`);
  try {
    const { symbols, close } = dlopen(library, { [name]: { args: ["ptr", "ptr", "i32"], returns: "i32" } });
    const failed = symbols[name]?.(text("ORT_DISABLE_TELEMETRY"), text("1"), 1);
    close();
    if (failed !== 0) throw new Error("the environment cannot be changed");
  } catch (error) {
    throw nerFailure("ONNX Runtime's reports to its maker cannot be switched off.", error);
  }
}

/**
 * Loads the addon into this thread; the library must have been loaded.
 * @throws MaskerError detection_unavailable with a message for the operator.
 */
export function loadAddon(path: string): NativeBinding {
  const target: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(target, path);
  } catch (error) {
    throw loadFailure(error);
  }
  return target.exports as NativeBinding;
}

/** The loader's own sentences (glibc, dyld, Windows), read as what the operator has to do. */
const LOAD_FAILURES: readonly (readonly [RegExp, string])[] = [
  [
    /failed to map segment|operation not permitted|permission denied/i,
    "The runtime folder of the data folder forbids running code (mounted noexec?); put the data folder elsewhere.",
  ],
  [
    /wrong ELF class|invalid ELF header|exec format|incompatible architecture|not a valid Win32|file too short/i,
    "The ONNX Runtime library is not for this processor or is damaged.",
  ],
  [/GLIBC|version .* not found/, "The system's C library is too old for ONNX Runtime (glibc 2.28 or later)."],
  [
    /cannot open shared object|Library not loaded|module could not be found/i,
    "A system library that ONNX Runtime needs (libstdc++, libgcc) is missing.",
  ],
];

function loadFailure(error: unknown): MaskerError {
  const text = error instanceof Error ? error.message : "";
  const known = LOAD_FAILURES.find(([pattern]) => pattern.test(text));
  return nerFailure(known?.[1] ?? "ONNX Runtime cannot be loaded.", error);
}
