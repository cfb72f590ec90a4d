/** The native files of ONNX Runtime for this platform, and what they must be. */
import { createRequire } from "node:module";
import { COMPILED } from "../build-info.ts";

export interface NativeFile {
  /** The name that the loader looks for: the addon asks for the library by it. */
  readonly name: string;
  /** SHA-256 in hex of the file in the pinned onnxruntime-node; a test compares it with the installed package. */
  readonly sha256: string;
  /** Where the bytes are read from. */
  readonly source: string;
}

export interface NativePair {
  /** The shared library (`libonnxruntime`). */
  readonly library: NativeFile;
  /** The Node-API addon that wraps it. */
  readonly addon: NativeFile;
}

/** Version of the pinned onnxruntime-node package; names the folder that the files are written to. */
export const ONNXRUNTIME_VERSION = "1.30.0";

const ADDON = "onnxruntime_binding.node";

/** Platform and architecture as Node names them: the library's name and both hashes. There is no build for Intel Macs. */
export const PINNED: Readonly<
  Record<string, { readonly name: string; readonly library: string; readonly addon: string }>
> = {
  "linux/x64": {
    name: "libonnxruntime.so.1",
    library: "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23",
    addon: "ccdc60b981d93a490cf9513d3f583547252b6e285b72988a96a494f2f006c7b8",
  },
  "linux/arm64": {
    name: "libonnxruntime.so.1",
    library: "1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76",
    addon: "afec78dc11d38dc81605b068cefe1fc73ffe77ca240c15468aa40786150beac8",
  },
  "darwin/arm64": {
    name: "libonnxruntime.1.dylib",
    library: "685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d",
    addon: "a3f993357759b06ae2411f70af60f5e041d04521ea7f0d12cb7546e411a527dd",
  },
  "win32/x64": {
    name: "onnxruntime.dll",
    library: "508c362f5673483dd3a086379c392795b2e42d10d5e6f3f90ebd7ac21c97af67",
    addon: "ddd428464069b84414d34ec1796c7c2a69c33a976e4b0390692629e394f92fa1",
  },
  "win32/arm64": {
    name: "onnxruntime.dll",
    library: "6c3a2abf5c6aca11c48a0d338a91af309f2266f25ce2e4084e6a87bbcb0fbfd0",
    addon: "d8179924f15c2d3c1c8a75c50adf1671ec28c7f1cb0da9fc28b17daa02c5ecf5",
  },
};

type Sources = readonly [library: string, addon: string];

/** Null: ONNX Runtime publishes nothing for this platform, so the statistical pass cannot run on it. */
export async function nativeFiles(): Promise<NativePair | null> {
  const platform = `${process.platform}/${process.arch}`;
  const pinned = PINNED[platform];
  if (pinned === undefined) return null;
  const sources = COMPILED ? await embedded() : installed(platform, pinned.name);
  if (sources === null) return null;
  return {
    library: { name: pinned.name, sha256: pinned.library, source: sources[0] },
    addon: { name: ADDON, sha256: pinned.addon, source: sources[1] },
  };
}

/** In a run from source: the package's own files (Bun refuses to import an addon as a file there). */
function installed(platform: string, library: string): Sources {
  const locate = createRequire(import.meta.url).resolve;
  const folder = `onnxruntime-node/bin/napi-v6/${platform}`;
  return [locate(`${folder}/${library}`), locate(`${folder}/${ADDON}`)];
}

/**
 * In the executable: the embedded pair. The bundler knows the target's platform and architecture, so the branches of the
 * others fall away and only one pair is embedded. The paths must be literal for that.
 */
async function embedded(): Promise<Sources | null> {
  if (process.platform === "linux" && process.arch === "x64") {
    const library = await import("onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1", {
      with: { type: "file" },
    });
    const addon = await import("onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node", {
      with: { type: "file" },
    });
    return [library.default, addon.default];
  }
  if (process.platform === "linux" && process.arch === "arm64") {
    const library = await import("onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1", {
      with: { type: "file" },
    });
    const addon = await import("onnxruntime-node/bin/napi-v6/linux/arm64/onnxruntime_binding.node", {
      with: { type: "file" },
    });
    return [library.default, addon.default];
  }
  if (process.platform === "darwin" && process.arch === "arm64") {
    const library = await import("onnxruntime-node/bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib", {
      with: { type: "file" },
    });
    const addon = await import("onnxruntime-node/bin/napi-v6/darwin/arm64/onnxruntime_binding.node", {
      with: { type: "file" },
    });
    return [library.default, addon.default];
  }
  if (process.platform === "win32" && process.arch === "x64") {
    const library = await import("onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime.dll", { with: { type: "file" } });
    const addon = await import("onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime_binding.node", {
      with: { type: "file" },
    });
    return [library.default, addon.default];
  }
  if (process.platform === "win32" && process.arch === "arm64") {
    const library = await import("onnxruntime-node/bin/napi-v6/win32/arm64/onnxruntime.dll", {
      with: { type: "file" },
    });
    const addon = await import("onnxruntime-node/bin/napi-v6/win32/arm64/onnxruntime_binding.node", {
      with: { type: "file" },
    });
    return [library.default, addon.default];
  }
  return null;
}
