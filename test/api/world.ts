/** A whole API over a database of its own, with stand-ins for what is not the API: detection, the proxy, the log's files. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiParts } from "../../src/api/deps.ts";
import { SessionFeed } from "../../src/api/session-feed.ts";
import type { Checkpoint } from "../../src/audit/checkpoint.ts";
import type { AuditEvent, AuditEventInput } from "../../src/audit/event.ts";
import { createApiToken } from "../../src/auth/api-token.ts";
import { addAccount, addUser } from "../../src/auth/new-user.ts";
import { createPasswordHasher, type PasswordHasher } from "../../src/auth/password.ts";
import { PERMISSIONS, type Permission, permissionsOf } from "../../src/auth/permission.ts";
import type { Config } from "../../src/config/config.ts";
import type { AuditPlaceRow } from "../../src/db/audit-index.ts";
import { openDatabase } from "../../src/db/open.ts";
import { applyProjection } from "../../src/db/projection.ts";
import { createReader } from "../../src/db/reader.ts";
import type { UserRole } from "../../src/db/schema.ts";
import type { SessionRow } from "../../src/db/sessions.ts";
import type { UserRow } from "../../src/db/users.ts";
import type { Detector, TextSlot } from "../../src/detect/detector.ts";
import { MaskerError } from "../../src/errors.ts";
import { newId } from "../../src/id.ts";
import type { Log, LogFields } from "../../src/log/log.ts";
import { PolicyBook } from "../../src/policy/book.ts";
import { createApi } from "../../src/rest/create-api.ts";
import { sessionRow } from "../db/database.ts";

export const START = Date.UTC(2026, 4, 3, 12);
export const BASE_URL = "http://localhost:8080";

/** Cheap, and counts what it does. */
export function countingHasher(): PasswordHasher & { readonly work: { hash: number; verify: number } } {
  const real = createPasswordHasher({ memoryKiB: 64, rounds: 1 });
  const work = { hash: 0, verify: 0 };
  return {
    work,
    hash(password) {
      work.hash += 1;
      return real.hash(password);
    },
    verify(password, hash) {
      work.verify += 1;
      return real.verify(password, hash);
    },
  };
}

/** Finds numbers of the form 555-0123 and nothing else. */
export const PHONE_DETECTOR: Detector = {
  async detect(slots: readonly TextSlot[]) {
    const spans = slots.map(({ text }) =>
      [...text.matchAll(/\d{3}-\d{4}/g)].map((match) => ({
        start: match.index,
        end: match.index + match[0].length,
        kind: "PHONE" as const,
        confidence: 0.9,
        pass: "regex" as const,
      })),
    );
    return { spans, nerSkipped: false, cacheHits: 0, readAhead: async () => {} };
  },
};

export function testConfig(folder: string, changes: Partial<Config> = {}): Config {
  const key = (fill: number) => new Uint8Array(32).fill(fill);
  return {
    listen: { host: "127.0.0.1", port: 8080, loopback: true },
    publicUrl: null,
    dataDir: folder,
    databasePath: join(folder, "masker.db"),
    vaultPath: join(folder, "vault.db"),
    auditLogPath: join(folder, "audit.log"),
    tls: null,
    trustedProxies: [],
    keys: {
      session: key(1),
      auditHmac: key(2),
      signing: key(3),
      tokens: new Map([["K_HEALTHCARE", { kid: "K_HEALTHCARE", secret: key(4), old: null }]]),
    },
    github: null,
    oidc: null,
    upstream: {
      provider: "stub",
      defaultModel: "gpt-4o-mini",
      providers: new Map(),
      timeoutMs: 1000,
      ca: null,
      httpsProxy: null,
      noProxy: [],
    },
    policyPath: null,
    ner: { modelPath: null, threads: null },
    detectionTimeoutMs: 200,
    webhookSecrets: { vapi: null },
    retention: { payloadDays: 30, sessionDays: 90, keyRotationGraceDays: 30, vaultDays: 0 },
    maxBodyBytes: 1_048_576,
    rateLimit: { enabled: false, proxy: { perSecond: 100, burst: 200 }, api: { perSecond: 30, burst: 60 } },
    signup: "invite",
    sessionIdleMinutes: 0,
    callIdHeader: null,
    vapiStrictEvents: false,
    auditAnchor: null,
    log: { level: "info", format: "json" },
    metrics: null,
    dev: false,
    ...changes,
  };
}

/** Keeps events in memory, in the form that the log gives them. */
function memoryLog() {
  const events: AuditEvent[] = [];
  const state = { failing: false };
  return {
    events,
    state,
    checkpoints: [] as Checkpoint[],
    /** The event that a place's `offset` means here: its seq. */
    at: (seq: number) => events.filter((event) => event.seq === seq),
    async append(inputs: readonly AuditEventInput[]): Promise<readonly AuditEvent[]> {
      if (state.failing) throw new MaskerError("audit_unavailable");
      const written = inputs.map((input, index) => {
        const envelope = {
          v: 1 as const,
          ts: new Date(START).toISOString(),
          event_id: input.event_id ?? newId("event"),
          seq: events.length + index + 1,
          node: "test",
          prev_hash: "0".repeat(64),
          this_hash: "1".repeat(64),
        };
        return { ...input.body, ...input.scope, ...envelope, kind: input.kind } as AuditEvent;
      });
      events.push(...written);
      return written;
    },
  };
}

/** The listener's share of a request. */
export interface Sender {
  readonly address?: string | null;
  readonly secure?: boolean;
}

export async function makeWorld(changes: Partial<Config> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "masker-api-"));
  const config = testConfig(folder, changes);
  const open = openDatabase(config.databasePath);
  const reader = createReader(config.databasePath);
  const audit = memoryLog();
  const now = { ms: START };
  const clock = () => now.ms;
  const lines: { level: string; message: string; fields: LogFields }[] = [];
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields });
    };
  const log: Log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  const hasher = countingHasher();
  const feed = new SessionFeed();
  const policies = await PolicyBook.open({
    kids: new Set(config.keys.tokens.keys()),
    path: null,
    dev: false,
    log,
    stored: async () => [],
    revisionOf: async () => 1,
  });
  const payloadTexts = new Map<string, string>();
  const parts: ApiParts = {
    db: open.db,
    reader,
    audit,
    events: {
      readEvents: async (places) => places.flatMap((place) => audit.at(place.offset)),
      readStored: async (places) =>
        places.flatMap((place) => audit.at(place.offset)).map((event) => ({ event, line: JSON.stringify(event) })),
    },
    verifier: {
      verify: async (accountId, findHash) => ({
        ok: true,
        message: "chain ok",
        events: audit.events.length,
        account_events: audit.events.filter((event) => event.account_id === accountId).length,
        first_seq: 1,
        last_seq: audit.events.length,
        root_hash: "1".repeat(64),
        first_break: null,
        breaks: 0,
        complete_to_seq: null,
        contains_hash: findHash === undefined ? null : findHash === "1".repeat(64),
        notes: [],
        bytes: 0,
      }),
      checkpoints: async () => audit.checkpoints,
    },
    reports: {
      async make(request) {
        const file = join(folder, `${request.id}.${request.format}`);
        await Bun.write(file, JSON.stringify(request));
        return file;
      },
      checkRoom() {},
      close() {},
    },
    openPayload: (row) => payloadTexts.get(row.sealed) ?? null,
    policies,
    detector: PHONE_DETECTOR,
    upstreams: {
      resolve(setting) {
        if (!["stub", "openai:gpt-4o-mini", "openai:gpt-4o"].includes(setting))
          throw new MaskerError("unknown_upstream");
        return {
          upstream: { name: "stub", send: () => Promise.reject(new Error("not here")) },
          model: "stub",
          models: [],
        };
      },
      settings: () => ["stub", "openai:gpt-4o-mini"],
      healthy: () => true,
    },
    testCall: async () => ({ session_id: newId("session"), sent: "a", upstream_saw: "b", answered: "c", heard: "d" }),
    feed,
    config,
    clock,
    baseUrl: () => config.publicUrl ?? BASE_URL,
    log,
  };
  const api = createApi(parts, { hasher });

  /** Sends a request to the REST surface as the listener would. */
  async function send(path: string, init: RequestInit = {}, sender: Sender = {}): Promise<Response> {
    const info = {
      requestId: newId("request"),
      address: sender.address === undefined ? "192.0.2.1" : sender.address,
      secure: sender.secure ?? false,
    };
    return api.rest.request(new Request(`${BASE_URL}${path}`, init), undefined, { info });
  }

  return {
    api,
    audit,
    close: async () => {
      await reader.close();
      open.close();
    },
    config,
    db: open.db,
    feed,
    hasher,
    lines,
    now,
    parts,
    payloadTexts,
    policies,
    send,
    /** Sends JSON with an API token and reads the JSON that comes back. */
    async call(method: string, path: string, options: { token?: string; body?: unknown; headers?: HeadersInit } = {}) {
      const headers = new Headers(options.headers);
      if (options.token) headers.set("authorization", `Bearer ${options.token}`);
      if (options.body !== undefined) headers.set("content-type", "application/json");
      const body = options.body === undefined ? null : JSON.stringify(options.body);
      const response = await send(path, { method, headers, body });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: text === "" ? null : JSON.parse(text) };
    },
    /** A user of a new account, or of the account given, with an API token of all their permissions. */
    async tenant(options: { role?: UserRole; accountId?: string; permissions?: readonly Permission[] } = {}) {
      const account = options.accountId ? { id: options.accountId } : await addAccount(api.deps.auth, "Clinic");
      const role = options.role ?? "admin";
      const user: UserRow = await addUser(
        api.deps.auth,
        { account_id: account.id, email: `${newId("user").toLowerCase()}@clinic.example`, name: "Robin", role },
        null,
      );
      const permissions = options.permissions ?? permissionsOf(role, false);
      const given = { accountId: account.id, userId: user.id, name: "test", permissions, expiresInDays: null };
      const { secret } = await createApiToken(api.deps.auth, given, new Set(PERMISSIONS));
      return { accountId: account.id, user, token: secret };
    },
    /** Puts session rows and the places of their events into the database, as the projection of the log does. */
    async project(sessions: readonly SessionRow[], places: readonly AuditPlaceRow[] = []) {
      await applyProjection(open.db, { sessions, places, lastSeq: 1 });
    },
    sessionRow,
  };
}

export type World = Awaited<ReturnType<typeof makeWorld>>;

/** An error answer: status and code together, so that a failing test shows both. */
export function failure(answer: { status: number; json: { error?: { code?: string } } | null }) {
  return { status: answer.status, code: answer.json?.error?.code };
}
