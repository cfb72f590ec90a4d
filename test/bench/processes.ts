/** The processes that take part: provider, bare proxy, clients and the executable, each alone in its own. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { LoadPlan, LoadResult } from "./load.ts";

const EXECUTABLE = resolve(import.meta.dirname, "../../dist/masker");

export interface Helper {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a script of this folder that prints its port. */
export async function startHelper(script: "provider.ts" | "bare-proxy.ts", ...args: string[]): Promise<Helper> {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, script), ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const port = (await firstLine(child.stdout)).trim();
  return {
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Runs the clients to their end. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "load.ts"), JSON.stringify(plan)], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const out = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error("the clients died");
  return JSON.parse(out) as LoadResult;
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = stream.getReader();
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error("a process ended before it was ready");
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text.slice(0, text.indexOf("\n"));
}

export interface Usage {
  readonly rssMb: number;
  readonly peakMb: number;
  /** Time on a processor since the start, all threads together. */
  readonly cpuSeconds: number;
  readonly descriptors: number;
}

/** What Linux says of a process. */
export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  // After the name in brackets: state is field 3, user and system time are 14 and 15, in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return {
    rssMb: kilobytes("VmRSS") / 1024,
    peakMb: kilobytes("VmHWM") / 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
    descriptors: [...new Bun.Glob("*").scanSync({ cwd: `/proc/${pid}/fd`, onlyFiles: false })].length,
  };
}

/** An installation in a temporary folder of its own. */
export class Installation {
  readonly folder = mkdtempSync(join(tmpdir(), "masker-bench-"));
  readonly #env: Record<string, string>;

  constructor(providerUrl: string, env: Readonly<Record<string, string>> = {}) {
    if (!existsSync(EXECUTABLE)) throw new Error("dist/masker is not built: run `npm run build`");
    this.#env = {
      HOME: this.folder,
      MASKER_DATA_DIR: join(this.folder, "data"),
      MASKER_LISTEN_ADDR: "127.0.0.1:0",
      MASKER_OPENAI_BASE_URL: `${providerUrl}/v1`,
      MASKER_OPENAI_API_KEY: "sk-bench",
      ...env,
    };
  }

  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  async serve(): Promise<Server> {
    const from = performance.now();
    const child = Bun.spawn([EXECUTABLE, "serve", "--json"], {
      cwd: this.folder,
      env: this.#env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: Bun.file(join(this.folder, "log.jsonl")),
    });
    const { url } = JSON.parse(await firstLine(child.stdout)) as { readonly url: string };
    const readyMs = performance.now() - from;
    return new Server(url, readyMs, child);
  }

  /** Runs a command; gives what it printed. */
  async run(...args: string[]): Promise<string> {
    const child = Bun.spawn([EXECUTABLE, ...args], {
      cwd: this.folder,
      env: this.#env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if ((await child.exited) !== 0) throw new Error(`masker ${args[0]} ${args[1]}: ${err}`);
    return out.trim();
  }

  get logPath(): string {
    return join(this.folder, "data", "audit.log");
  }

  /** Runs a command; gives the seconds that passed and the seconds on a processor. */
  async time(...args: string[]): Promise<{ readonly wall: number; readonly processor: number }> {
    const from = performance.now();
    const child = Bun.spawn([EXECUTABLE, ...args], {
      cwd: this.folder,
      env: this.#env,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "inherit",
    });
    if ((await child.exited) !== 0) throw new Error(`masker ${args[0]} ${args[1]} failed`);
    const { user = 0, system = 0 } = child.resourceUsage()?.cpuTime ?? {};
    return { wall: (performance.now() - from) / 1000, processor: Number(BigInt(user) + BigInt(system)) / 1e6 };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Server {
  constructor(
    readonly url: string,
    /** From the start of the process to its ready line. */
    readonly readyMs: number,
    private readonly child: Bun.Subprocess,
  ) {}

  get pid(): number {
    return this.child.pid;
  }

  get usage(): Usage {
    return usageOf(this.child.pid);
  }

  async api<T>(token: string, method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? null : await response.json()) as T;
  }

  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.child.exited;
  }
}

const PERMISSIONS = "agents:read,agents:write,sessions:read,policies:write,audit:read,reports:read,installation";

export interface Prepared {
  readonly installation: Installation;
  readonly token: string;
  readonly agentId: string;
}

/** An installation with one agent whose policy runs `passes`; not running. */
export async function prepare(providerUrl: string, passes: "regex" | "regex, ner"): Promise<Prepared> {
  const installation = new Installation(providerUrl);
  const token = await installation.run("tokens", "create", "--name", "bench", "--permissions", PERMISSIONS);
  const server = await installation.serve();
  try {
    const { data } = await server.api<{ data: { id: string }[] }>(token, "GET", "/agents");
    // The demo agent's policy is not the one that is measured.
    const preset = await server.api<{ policy: { policy_yaml: string } }>(token, "GET", "/policies/healthcare-default");
    const policy_yaml = preset.policy.policy_yaml
      .replace(/^name: .*$/m, "name: bench")
      .replace(/^passes: .*$/m, `passes: [${passes}]`);
    await server.api(token, "POST", "/policies", { policy_yaml });
    const agent = { name: "bench", upstream: "openai:gpt-4o-mini", policy_name: "bench" };
    const made = await server.api<{ agent: { id: string } }>(token, "POST", "/agents", agent);
    for (const { id } of data) await server.api(token, "PATCH", `/agents/${id}`, { policy_name: "bench" });
    return { installation, token, agentId: made.agent.id };
  } finally {
    await server.stop();
  }
}

export const proxyUrl = (server: Server, agentId: string) => `${server.url}/proxy/${agentId}/v1/chat/completions`;
