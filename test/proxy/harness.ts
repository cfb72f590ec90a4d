/** A proxy over real storage, tokens, audit log and wire format, in front of a loopback provider that keeps what it got. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import type { AuditEvent } from "../../src/audit/event.ts";
import { type AuditLog, openAuditLog } from "../../src/audit/log.ts";
import { newSecret, sha256Hex } from "../../src/crypto/secret.ts";
import { insertAccount } from "../../src/db/accounts.ts";
import { insertAgentKey } from "../../src/db/agent-keys.ts";
import { type AgentRow, insertAgent } from "../../src/db/agents.ts";
import { type Db, type OpenDb, openDatabase } from "../../src/db/open.ts";
import { insertPayloads } from "../../src/db/payloads.ts";
import type { Detector, Span } from "../../src/detect/detector.ts";
import type { Kind } from "../../src/detect/kind.ts";
import { newId } from "../../src/id.ts";
import type { Log } from "../../src/log/log.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import { PRESETS } from "../../src/policy/presets.ts";
import { createAgentAccess } from "../../src/proxy/agent-access.ts";
import { CallBook } from "../../src/proxy/call-book.ts";
import { createProxy } from "../../src/proxy/create-proxy.ts";
import type { ProxyDeps } from "../../src/proxy/deps.ts";
import { createPayloadSealer, type PayloadSealer } from "../../src/proxy/payload-seal.ts";
import { createTokenizer, type VaultTokenizer } from "../../src/tokens/create-tokenizer.ts";
import { openAiChat } from "../../src/upstream/openai-chat.ts";
import type { Upstreams } from "../../src/upstream/upstream.ts";
import { agentRow } from "../db/database.ts";

export const KIDS = new Set(["K_HEALTHCARE"]);
const key = (fill: number) => new Uint8Array(32).fill(fill);
const SESSION_KEY = key(3);

/** The default policy without the statistical pass: these tests are of the proxy, not of the model. */
export const REGEX_ONLY = PRESETS.get("healthcare-default")!.replace(/^passes: .*$/m, "passes: [regex]");

/** What the loopback provider received. */
export interface Received {
  readonly body: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
}

export interface Harness {
  readonly url: string;
  readonly baseURL: string;
  readonly agent: AgentRow;
  readonly client: OpenAI;
  readonly received: Received[];
  readonly db: Db;
  readonly folder: string;
  readonly tokenizer: VaultTokenizer;
  readonly audit: AuditLog;
  readonly calls: CallBook;
  readonly sealer: PayloadSealer;
  readonly logLines: string[];
  /** Events of the log so far. */
  events(): Promise<AuditEvent[]>;
  /** Every byte in the data folder, as one text. */
  stored(): Promise<string>;
  addAgent(patch?: Partial<AgentRow>): Promise<AgentRow>;
  addKey(agentId: string): Promise<string>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface HarnessOptions {
  readonly planted?: Readonly<Record<string, Kind>>;
  readonly detector?: Detector;
  readonly policy?: string;
  readonly agent?: Partial<AgentRow>;
  readonly settings?: Partial<ProxyDeps["settings"]>;
  readonly deps?: (deps: ProxyDeps) => ProxyDeps;
  readonly upstreams?: (origin: string) => Upstreams;
  readonly provider?: (received: Received) => Response | Promise<Response>;
  readonly maxRetries?: number;
}

/** Finds exactly the planted texts, each with its kind. */
export function plantedDetector(planted: Readonly<Record<string, Kind>>): Detector {
  return {
    async detect(slots) {
      const spans = slots.map((slot) => {
        const found: Span[] = [];
        for (const [text, kind] of Object.entries(planted)) {
          for (let at = slot.text.indexOf(text); at >= 0; at = slot.text.indexOf(text, at + text.length)) {
            found.push({ start: at, end: at + text.length, kind, confidence: 0.9, pass: "regex" });
          }
        }
        found.sort((a, b) => a.start - b.start || b.end - a.end);
        return found.filter((span, i) => !found.slice(0, i).some((before) => before.end > span.start));
      });
      return { spans, nerSkipped: false, cacheHits: 0, readAhead: async () => {} };
    },
  };
}

/** A completion that says one text. */
export function completion(content: string, over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_790_000_000,
    model: "gpt-4o-mini",
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    ...over,
  };
}

/** An event stream that sends its parts one after the other. */
export function eventStream(parts: readonly string[], pauseMs = 0): Response {
  const encoder = new TextEncoder();
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (pauseMs > 0) await Bun.sleep(pauseMs);
      const part = parts[at++];
      if (part === undefined) controller.close();
      else controller.enqueue(encoder.encode(part));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

export function chunk(delta: Record<string, unknown>, over: Record<string, unknown> = {}): string {
  const choice = { index: 0, delta, finish_reason: null, ...over };
  const data = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_790_000_000, model: "gpt-4o-mini" };
  return `data: ${JSON.stringify({ ...data, choices: [choice] })}\n\n`;
}

export const DONE = "data: [DONE]\n\n";

/** The tokens of a text, in order. */
export function tokensIn(text: string): string[] {
  return text.match(/MSKV?1\.[A-Z_]+\.[A-Z0-9_]+\.[A-Z2-7]+/g) ?? [];
}

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), "proxy-"));
  const logLines: string[] = [];
  const say = (message: string, fields?: object) => logLines.push(JSON.stringify({ message, ...fields }));
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const open: OpenDb = openDatabase(join(folder, "masker.db"));
  const keys = new Map([["K_HEALTHCARE", { kid: "K_HEALTHCARE", secret: key(1), old: null }]]);
  const tokenizer = createTokenizer({ vaultPath: join(folder, "vault.db"), keys, graceDays: 30 });
  const audit = await openAuditLog({
    path: join(folder, "audit.log"),
    key: key(2),
    signingSeed: key(4),
    node: "test",
    log,
  });
  const accountId = newId("account");
  await insertAccount(open.db, { id: accountId, name: "Test", plan: "self-hosted", created_at: Date.now() });

  const received: Received[] = [];
  const provider = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const got = { body: await request.text(), headers: request.headers, signal: request.signal };
      received.push(got);
      return options.provider ? options.provider(got) : Response.json(completion("Hello."));
    },
  });
  const origin = `http://127.0.0.1:${provider.port}`;

  const policy = parsePolicy(options.policy ?? REGEX_ONLY, { kids: KIDS, revision: 1 });
  const sealer = createPayloadSealer(keys);
  const calls = new CallBook();
  const plain: ProxyDeps = {
    agents: createAgentAccess(open.db, SESSION_KEY),
    policies: { get: (_account, name) => (name === policy.name ? policy : null) },
    detector: options.detector ?? plantedDetector(options.planted ?? {}),
    tokenizer,
    audit,
    upstreams: options.upstreams?.(origin) ?? plainUpstreams(origin),
    format: openAiChat,
    calls,
    payloads: { seal: sealer.seal, save: (rows) => insertPayloads(open.db, rows) },
    limiter: null,
    log,
    settings: {
      maxBodyBytes: 4 * 1024 * 1024,
      callIdHeader: null,
      vapiWebhookSecret: null,
      keysByDefault: false,
      pseudonymSecret: key(5),
      keepPayloads: true,
      maxOpenTurns: 1000,
      keepAliveMs: 3_000,
      commitAfterMs: 8_000,
      ...options.settings,
    },
  };
  const proxy = createProxy(options.deps?.(plain) ?? plain);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    fetch: (request, listener) =>
      proxy.fetch(request, { address: listener.requestIP(request)?.address ?? null, requestId: newId("request") }),
  });
  const url = `http://127.0.0.1:${server.port}`;

  const addAgent = async (patch: Partial<AgentRow> = {}) => {
    const now = Date.now();
    const row = agentRow(accountId, {
      name: `agent ${received.length} ${Math.random()}`,
      upstream: "openai:gpt-4o-mini",
      policy_name: policy.name,
      created_at: now,
      updated_at: now,
      ...patch,
    });
    await insertAgent(open.db, row);
    return row;
  };
  const agent = await addAgent(options.agent);
  const baseURL = `${url}/proxy/${agent.id}/v1`;
  return {
    url,
    baseURL,
    agent,
    client: new OpenAI({ baseURL, apiKey: "sk-caller", maxRetries: options.maxRetries ?? 0 }),
    received,
    db: open.db,
    folder,
    tokenizer,
    audit,
    calls,
    sealer,
    logLines,
    addAgent,
    async events() {
      const lines = (await readFile(join(folder, "audit.log"), "utf8")).trim().split("\n");
      return lines.map((line) => JSON.parse(line) as AuditEvent).filter((event) => event.kind !== undefined);
    },
    async stored() {
      const names = await readdir(folder);
      const files = await Promise.all(names.map((name) => readFile(join(folder, name), "latin1")));
      return [...files, ...logLines].join("\n");
    },
    async addKey(agentId) {
      const secret = newSecret("agentKey");
      const row = {
        id: newId("key"),
        agent_id: agentId,
        hash: sha256Hex(secret),
        created_at: Date.now(),
        last_used_at: null,
      };
      await insertAgentKey(open.db, row);
      return secret;
    },
    post(path, body, headers = {}) {
      return fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
      });
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await provider.stop(true);
      await audit.close();
      await tokenizer.close();
      open.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The least that a provider client does. */
function plainUpstreams(origin: string): Upstreams {
  return {
    resolve: () => ({
      model: "gpt-4o-mini",
      models: [],
      upstream: {
        name: "openai",
        async send(request) {
          const response = await fetch(`${origin}/v1/chat/completions`, {
            method: "POST",
            headers: {
              "content-type": "application/json",
              ...(request.authorization === null ? {} : { authorization: request.authorization }),
            },
            body: request.body,
            signal: request.signal,
          });
          if (!response.ok) {
            const text = ((await response.json()) as { error: { message: string } }).error.message;
            return {
              ok: false,
              status: response.status,
              message: text,
              retryAfterSeconds: null,
              retryable: response.status >= 500,
            };
          }
          const eventStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
          return { ok: true, status: response.status, eventStream, body: response.body! };
        },
      },
    }),
    settings: () => [],
    healthy: () => true,
  };
}
