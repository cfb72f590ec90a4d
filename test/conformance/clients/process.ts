import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Client, type Heard, plainCalls } from "../ask.ts";

/**
 * A client in a process of its own, which says `{version}` first, and then takes a line `{id, baseURL, ask}` for each turn
 * and gives a line `{id, heard}`, in any order. Null when it does not get as far as its version.
 */
export async function startProcess(
  about: Pick<Client, "name" | "lacks">,
  command: string,
  args: readonly string[],
): Promise<Client | null> {
  const child = spawn(command, [...args], { stdio: ["pipe", "pipe", "ignore"] });
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
    ...about,
    version,
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
