import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Client, type Heard, plainCalls } from "../ask.ts";

/** Python's `openai`, in a process of its own; null when that Python or its package is not there. */
export async function startPython(python: string): Promise<Client | null> {
  const child = spawn(python, [join(import.meta.dirname, "python.py")], { stdio: ["pipe", "pipe", "ignore"] });
  const waiting = new Map<number, (heard: Heard) => void>();
  const version = await new Promise<string | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("exit", () => resolve(null));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line) as { version?: string; id?: number; heard?: Heard };
      if (said.version !== undefined) resolve(said.version);
      else if (said.id !== undefined && said.heard !== undefined) waiting.get(said.id)?.(plainCalls(said.heard));
    });
  });
  if (version === null) return null;
  let last = 0;
  return {
    name: "openai (Python)",
    version,
    lacks: {},
    ask: (baseURL, ask) =>
      new Promise((resolve) => {
        const id = ++last;
        waiting.set(id, resolve);
        child.stdin.write(`${JSON.stringify({ id, baseURL, ask })}\n`);
      }),
    close: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.stdin.end();
      }),
  };
}
