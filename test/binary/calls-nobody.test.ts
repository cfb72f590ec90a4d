/**
 * The executable writes into its data folder and nowhere else, and connects to nobody but the model provider: what libraries
 * inside it do on their own account would show here.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { install } from "./executable.ts";

/** Local and remote ports of a process's sockets with a peer, and those of all datagram sockets, as Linux tells them. */
function sockets(pid: number): readonly string[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ["tcp", "tcp6", "udp", "udp6"].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => inode !== undefined && own.has(inode) && state !== "0A")
      .map(([, local, remote]) => `${family} ${local} ${remote}`),
  );
}

it("leaves no file outside its data folder and opens no connection, the model loaded and used", async () => {
  const outside = mkdtempSync(join(tmpdir(), "masker-outside-"));
  const folders = Object.fromEntries(
    ["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"].map((name) => {
      const folder = join(outside, name);
      mkdirSync(folder);
      return [name, folder];
    }),
  );
  const running = await install().serve(folders);
  const found: string[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const response = await fetch(running.ready.proxy_url ?? "", {
      method: "POST",
      headers: { "content-type": "application/json", connection: "close" },
      body: JSON.stringify({ messages: [{ role: "user", content: `Hi, it's Oona Pellweather again, call ${turn}.` }] }),
    });
    expect(response.status).toBe(200);
    await response.text();
    await Bun.sleep(50);
    if (process.platform === "linux") {
      const port = new URL(running.ready.url).port;
      const hex = Number(port).toString(16).toUpperCase().padStart(4, "0");
      found.push(...sockets(running.ready.pid).filter((socket) => !socket.split(" ")[1]?.endsWith(`:${hex}`)));
    }
  }
  expect(await running.end()).toBe(0);
  expect(found).toEqual([]);
  const files = readdirSync(outside, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toEqual([]);
});
