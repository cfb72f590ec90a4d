import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "../ask.ts";
import { CASES } from "../cases.ts";
import { startProcess } from "./process.ts";

const PACKAGES = ["@livekit/agents@1.1.0", "@livekit/agents-plugin-openai@2.0.0"];

/** LiveKit's OpenAI plugin, installed for this run alone and in a process of its own; null when that fails. */
export async function startLiveKit(): Promise<Client | null> {
  const folder = mkdtempSync(join(tmpdir(), "masker-livekit-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Without a manifest of its own, or its prefix said, npm could take a folder above, or that of `npm run`.
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  const options = ["--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--prefix", folder];
  const installed = await new Promise<boolean>((resolve) => {
    const npm = spawn("npm", ["i", ...options, ...PACKAGES], { cwd: folder, stdio: "ignore" });
    npm.once("error", () => resolve(false));
    npm.once("exit", (code) => resolve(code === 0));
  });
  if (!installed) return null;
  const about = { name: "@livekit/agents-plugin-openai", lacks: LACKS };
  return startProcess(about, process.execPath, [join(import.meta.dirname, "livekit-process.ts"), folder]);
}

/** Cases that ask for a whole answer, but look at something else: the plugin goes through them with a stream. */
const AS_STREAM = new Set(["retry after 503", "error before the answer"]);

const LACKS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    CASES.filter(({ name, ask }) => !ask.stream && !AS_STREAM.has(name)).map(({ name }) => [name, "always streams"]),
  ),
  "several, streamed": "mixes the texts of `n` choices",
  "client leaves": "its `close()` stops listening, and leaves the request to run to its end",
};
