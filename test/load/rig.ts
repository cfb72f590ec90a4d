/** The built executable under load: starts it under limits, keeps its promises in mind, and checks them at the end. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { AuditEvent } from "../../src/audit/event.ts";
import type { FaultyProvider } from "./provider.ts";

const EXECUTABLE = resolve(import.meta.dirname, "../../dist/masker");

/** Invented; every turn says them, and no byte that leaves or stays may hold them. */
export const PLANTED = ["Quintanilla", "415-555-0134", "529-48-1173"] as const;

/** What one turn came to. */
export interface Outcome {
  /** 0: no answer at all. */
  readonly status: number;
  readonly code: string | null;
  readonly session: string | null;
  /** The end of the answer was heard, and it was the whole one. */
  readonly complete: boolean;
  readonly text: string;
}

export interface RigOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Shell commands before the executable, such as `ulimit -n 80`. */
  readonly limits?: string;
}

export class Rig {
  readonly folder = mkdtempSync(join(tmpdir(), "masker-load-"));
  readonly data = join(this.folder, "data");
  readonly #provider: FaultyProvider;
  /** Sessions whose whole answer was heard. */
  readonly #released = new Set<string>();
  #child: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;
  #url = "";
  #printed = "";
  #turns = 0;

  constructor(provider: FaultyProvider) {
    if (!existsSync(EXECUTABLE)) throw new Error("dist/masker is not built: run `npm run build`");
    this.#provider = provider;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get url(): string {
    return new URL(this.#url).origin;
  }

  get released(): number {
    return this.#released.size;
  }

  /** Starts the server and waits until it is ready. */
  async start({ env = {}, limits = "true" }: RigOptions = {}): Promise<void> {
    // The model is another matter: here it is the pipeline that is loaded.
    const policy = join(this.folder, "policy.yaml");
    if (!existsSync(policy)) await this.#writePolicy(policy);
    const child = Bun.spawn(["/bin/sh", "-c", `${limits} && exec "$0" serve --json`, EXECUTABLE], {
      cwd: this.folder,
      env: { ...this.#env, MASKER_POLICY_PATH: policy, ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#child = child;
    void this.#keep(child.stderr);
    let line = "";
    for await (const bytes of child.stdout as unknown as AsyncIterable<Uint8Array>) {
      line += new TextDecoder().decode(bytes);
      if (line.includes("\n")) break;
    }
    if (!line.includes("\n")) throw new Error(`masker did not start: ${this.#printed}`);
    this.#url = (JSON.parse(line) as { readonly proxy_url: string }).proxy_url;
  }

  get #env(): Record<string, string> {
    return {
      HOME: this.folder,
      MASKER_DATA_DIR: this.data,
      MASKER_LISTEN_ADDR: "127.0.0.1:0",
      MASKER_OPENAI_BASE_URL: this.#provider.url,
      MASKER_OPENAI_API_KEY: "sk-load",
      MASKER_UPSTREAM_TIMEOUT_MS: "2000",
    };
  }

  async #writePolicy(path: string): Promise<void> {
    const preset = resolve(import.meta.dirname, "../../src/policy/presets/healthcare-default.yaml");
    const yaml = await Bun.file(preset).text();
    await Bun.write(path, yaml.replace(/^passes: .*$/m, "passes: [regex]"));
  }

  async #keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream as unknown as AsyncIterable<Uint8Array>) this.#printed += decoder.decode(bytes);
  }

  /** Says something new with every planted value in it; never throws. */
  async turn(stream = true, signal?: AbortSignal): Promise<Outcome> {
    const n = ++this.#turns;
    const content = `This is turn ${n}. My name is Rosa ${PLANTED[0]}, my number is ${PLANTED[1]}, my social is ${PLANTED[2]}.`;
    let [status, text, session]: [number, string, string | null] = [0, "", null];
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ stream, messages: [{ role: "user", content }] }),
        ...(signal ? { signal } : {}),
      });
      status = response.status;
      session = response.headers.get("masker-session-id");
      text = await response.text();
    } catch {
      // Reset, refused or aborted: what was heard until then is what counts.
    }
    const broken = /"error":\s*\{/.test(text);
    const complete = status === 200 && !broken && (stream ? text.endsWith("data: [DONE]\n\n") : text.endsWith("}"));
    if (complete && session !== null) this.#released.add(session);
    const code = /"code":\s*"(\w+)"/.exec(text)?.[1] ?? null;
    return { status, code, session, complete, text };
  }

  /** Sends a signal and gives the exit code. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    this.#child?.kill(signal);
    return (await this.#child?.exited) ?? -1;
  }

  /** Events of all segments, in order. */
  events(): AuditEvent[] {
    return readdirSync(this.data)
      .filter((name) => /^audit(\.\d+)?\.log$/.test(name))
      .sort()
      .flatMap((name) => readFileSync(join(this.data, name), "utf8").split("\n"))
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line) as AuditEvent)
      .filter((event) => event.kind !== undefined);
  }

  /** The server's state as Linux tells it. */
  usage(): { readonly rssMb: number; readonly descriptors: number } {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    const rssMb = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
    return { rssMb, descriptors: readdirSync(`/proc/${this.pid}/fd`).length };
  }

  /** What must hold however it ended; everything that is not, as text. Call it after `end`. */
  async problems(): Promise<string[]> {
    const problems: string[] = [];
    const events = this.events();
    const completed = new Set(
      events.filter(({ kind }) => kind === "session_completed").map((event) => event.session_id),
    );
    const masked = new Set(events.filter(({ kind }) => kind === "redaction").map((event) => event.session_id));
    for (const session of this.#released) {
      if (!completed.has(session)) problems.push(`${session} was released and has no completion in the log`);
      if (!masked.has(session)) problems.push(`${session} was released and has no masking in the log`);
    }
    const key = join(this.data, "keys", "MASKER_AUDIT_HMAC_KEY");
    const verify = Bun.spawn([EXECUTABLE, "audit", "verify", "--log", join(this.data, "audit.log"), "--key", key], {
      env: { HOME: this.folder },
      cwd: this.folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const said = await new Response(verify.stdout).text();
    if ((await verify.exited) !== 0) problems.push(`audit verify: ${said}`);
    const left = this.#provider.received.join("\n");
    const kept =
      this.#printed +
      filesBelow(this.data)
        .map((path) => readFileSync(path, "latin1"))
        .join("\n");
    for (const planted of PLANTED) {
      if (left.includes(planted)) problems.push(`${planted} reached the provider`);
      if (kept.includes(planted)) problems.push(`${planted} is in the data folder or the log`);
    }
    return problems;
  }

  get printed(): string {
    return this.#printed;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = statSync(path);
    if (found.isDirectory()) return filesBelow(path);
    return found.isFile() ? [path] : [];
  });
}
