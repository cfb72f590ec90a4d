/** A server killed in the middle of its work: what a caller was told before that is in the log, and the next start is clean. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/audit/event.ts";
import { chunk, completion, DONE, eventStream, REGEX_ONLY, tokensIn } from "./harness.ts";

const bun = process.execPath;
const PLANTED = /Okonkwo|555-2671/;

interface Server {
  readonly url: string;
  readonly proxyUrl: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

async function startServer(folder: string, providerUrl: string): Promise<Server> {
  const child = Bun.spawn([bun, "run", "src/main.ts", "serve", "--json"], {
    env: {
      HOME: folder,
      PATH: "/usr/bin:/bin",
      MASKER_DATA_DIR: folder,
      MASKER_LISTEN_ADDR: "127.0.0.1:0",
      MASKER_OPENAI_BASE_URL: providerUrl,
      MASKER_OPENAI_API_KEY: "sk-test",
      MASKER_POLICY_PATH: join(folder, "policy.yaml"),
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const reader = child.stdout.getReader();
  let out = "";
  while (!out.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the server did not start: ${await new Response(child.stderr).text()}`);
    out += new TextDecoder().decode(value);
  }
  const ready = JSON.parse(out.split("\n")[0]!) as { url: string; proxy_url: string };
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await child.exited;
  };
  return { url: ready.url, proxyUrl: ready.proxy_url, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}

/** One turn; its session id once the end of the answer was heard, else null. */
async function turn(proxyUrl: string, n: number): Promise<string | null> {
  try {
    const stream = n % 2 === 0;
    const content = `My name is Sarah Okonkwo, my number is 415-555-2671, this is turn ${n}.`;
    const response = await fetch(proxyUrl, {
      method: "POST",
      body: JSON.stringify({ stream, messages: [{ role: "user", content }] }),
    });
    const text = await response.text();
    const ended = stream ? text.endsWith(DONE) : text.endsWith("}");
    return response.status === 200 && ended && text.includes("Okonkwo")
      ? response.headers.get("masker-session-id")
      : null;
  } catch {
    return null;
  }
}

async function eventsIn(folder: string): Promise<AuditEvent[]> {
  const lines = (await readFile(join(folder, "audit.log"), "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as AuditEvent).filter((event) => event.kind !== undefined);
}

describe("kill -9 under load", () => {
  it("loses no event of an answer that was released, and opens clean again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kill-"));
    await writeFile(join(folder, "policy.yaml"), REGEX_ONLY);
    const provider = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const body = await request.text();
        const said = `Hello ${tokensIn(body).join(" ")}`;
        return JSON.parse(body).stream
          ? eventStream([chunk({ content: said }), chunk({}, { finish_reason: "stop" }), DONE], 2)
          : Response.json(completion(said));
      },
    });
    try {
      const heard = new Set<string>();
      for (const lifeMs of [150, 400, 900]) {
        const server = await startServer(folder, `http://127.0.0.1:${provider.port}/v1`);
        let running = true;
        const callers = Array.from({ length: 8 }, async (_, caller) => {
          for (let n = caller; running; n += 8) {
            const session = await turn(server.proxyUrl, n);
            if (session !== null) heard.add(session);
          }
        });
        await Bun.sleep(lifeMs);
        await server.kill();
        running = false;
        await Promise.all(callers);
      }
      expect(heard.size).toBeGreaterThan(10);

      const last = await startServer(folder, `http://127.0.0.1:${provider.port}/v1`);
      const health = (await (await fetch(`${last.url}/health`)).json()) as {
        components: { audit_log: string; vault: string };
      };
      expect(health.components).toMatchObject({ audit_log: "ok", vault: "ok", db: "ok" });
      const session = await turn(last.proxyUrl, 1);
      expect(session).not.toBeNull();
      await last.stop();

      const events = await eventsIn(folder);
      const kinds = new Map<string, string[]>();
      for (const event of events)
        if (event.session_id !== null)
          kinds.set(event.session_id, [...(kinds.get(event.session_id) ?? []), event.kind]);
      for (const id of heard) {
        expect(kinds.get(id)).toContain("redaction");
        expect(kinds.get(id)).toContain("rehydration");
        expect(kinds.get(id)).toContain("session_completed");
      }
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      for (const file of files.filter((entry) => entry.isFile())) {
        expect(await readFile(join(file.parentPath, file.name), "latin1")).not.toMatch(PLANTED);
      }
    } finally {
      await provider.stop(true);
      await rm(folder, { recursive: true, force: true });
    }
  });
});
