/**
 * Everything of an installation, put together from its configuration:
 * 1. storage: database, audit log, and the tables brought up to the log;
 * 2. what a turn needs: vault, policies, detection, upstreams;
 * 3. the surfaces over it: proxy, platform endpoints, API, portal;
 * 4. what runs beside them: metrics, the socket for commands, retention, housekeeping.
 * It listens nowhere (serve.ts does), so that a test can ask it directly.
 */
import { SessionFeed } from "../api/session-feed.ts";
import { type App, createApp } from "../app.ts";
import { issueSetupLink } from "../auth/link.ts";
import { ensureFirstAccount } from "../auth/new-user.ts";
import { TokenBuckets } from "../auth/token-bucket.ts";
import type { Config } from "../config/config.ts";
import { findAgentEverMade } from "../db/agents.ts";
import { insertPayloads } from "../db/payloads.ts";
import type { Log } from "../log/log.ts";
import { createPortal } from "../portal/serve-portal.ts";
import { createAgentAccess } from "../proxy/agent-access.ts";
import { CallBook } from "../proxy/call-book.ts";
import { createProxy } from "../proxy/create-proxy.ts";
import { DEFAULT_SILENCE, type ProxyDeps } from "../proxy/deps.ts";
import { createPayloadSealer } from "../proxy/payload-seal.ts";
import { runTestCall } from "../proxy/test-call.ts";
import { createApi } from "../rest/create-api.ts";
import { openAiChat } from "../upstream/openai-chat.ts";
import { createVapiWebhook } from "../vapi/create-webhook.ts";
import { longestAuditDays } from "./audit-days.ts";
import { auditParts } from "./audit-parts.ts";
import { startChores } from "./chores.ts";
import { type DemoAgent, ensureDemoAgent } from "./demo-agent.ts";
import { createHealth } from "./health.ts";
import { createKept, type Kept } from "./keep.ts";
import { openStorage } from "./storage.ts";
import { openTurnParts } from "./turn-parts.ts";

/** How long a clean stop waits for the ends of sessions that were cut off, ms. */
const LONGEST_END_MS = 5_000;

/** A hospital's calls are tens at a time; two thousand waiting turns are an overload. */
const MAX_OPEN_TURNS = 2000;

export interface ApplianceOptions {
  readonly config: Config;
  readonly log: Log;
  /** `https://host`, without a trailing slash; asked only once it listens. */
  readonly baseUrl: () => string;
}

export interface Appliance {
  readonly app: App;
  readonly demo: DemoAgent | null;
  /** The one-time link by which the first admin is made; null when somebody can sign in. */
  setupLink(): Promise<string | null>;
  /** Ends answers that have no end of their own, so that a stop need not wait for them. */
  endLiveViews(): void;
  /** Ends what runs and makes everything durable. No request may come any more. */
  close(): Promise<void>;
}

/** @throws MaskerError when storage, keys or policies do not allow a start; then nothing stays open. */
export async function openAppliance(options: ApplianceOptions): Promise<Appliance> {
  const kept = createKept(options.log);
  try {
    return await compose(options, kept);
  } catch (thrown) {
    await kept.close();
    throw thrown;
  }
}

async function compose({ config, log, baseUrl }: ApplianceOptions, { keep, close }: Kept): Promise<Appliance> {
  const clock = Date.now;

  // 1. Storage.
  const storage = await openStorage(config, log, keep);
  const { db, audit, reader, projection } = storage;
  const keysByDefault = !config.listen.loopback || config.publicUrl !== null;
  const account = await ensureFirstAccount({ db, clock });
  const demo = await ensureDemoAgent({
    db,
    audit,
    accountId: account.id,
    upstream: config.upstream,
    keyRequired: keysByDefault,
    nowMs: clock(),
  });

  // 2. What a turn needs; the demo agent's policy already counts as in use.
  const parts = await openTurnParts(config, db, log, keep);
  const { tokenizer, policies, detector, upstreams } = parts;

  // 3. Surfaces.
  const limiter = config.rateLimit.enabled ? new TokenBuckets(config.rateLimit.proxy, clock) : null;
  const sealer = createPayloadSealer(config.keys.tokens);
  const agents = createAgentAccess(db, config.keys.session);
  const shared = { agents, calls: new CallBook(), audit, upstreams, limiter, log };
  const limits = {
    maxBodyBytes: config.maxBodyBytes,
    vapiWebhookSecret: config.webhookSecrets.vapi,
    keysByDefault,
  };
  const proxyDeps: ProxyDeps = {
    ...shared,
    policies,
    detector,
    tokenizer,
    format: openAiChat,
    payloads: { seal: sealer.seal, save: (rows) => insertPayloads(db, rows) },
    settings: {
      ...limits,
      callIdHeader: config.callIdHeader,
      pseudonymSecret: config.keys.session,
      keepPayloads: config.retention.payloadDays > 0,
      maxOpenTurns: MAX_OPEN_TURNS,
      ...DEFAULT_SILENCE,
    },
  };
  const proxy = createProxy(proxyDeps);
  // Sessions whose client was cut off still write their end; one that hangs does not keep the server from stopping.
  keep({ close: () => Promise.race([proxy.idle(), Bun.sleep(LONGEST_END_MS)]) });
  const feed = new SessionFeed();
  projection.onSessions(async (rows) => {
    for (const row of rows) {
      const agent = await findAgentEverMade(db, row.account_id, row.agent_id);
      feed.publish({ ...row, agent_name: agent?.name ?? null });
    }
  });
  const auditDays = () => longestAuditDays(policies.all());
  const health = createHealth(storage, parts);
  const app = createApp({
    proxy,
    vapi: createVapiWebhook({ ...shared, baseUrl, settings: { ...limits, strictEvents: config.vapiStrictEvents } }),
    api: createApi({
      db,
      reader,
      audit,
      ...auditParts(config, storage, { openPayload: sealer.open, auditDays, keep }),
      openPayload: sealer.open,
      policies,
      detector,
      upstreams,
      testCall: (agent) => runTestCall(proxyDeps, agent),
      feed,
      config,
      clock,
      baseUrl,
      log,
    }),
    portal: createPortal(),
    health,
    log,
  });

  // 4. What runs beside.
  await startChores({ config, log, storage, parts, health, auditDays, clock }, keep);
  await storage.noteStart();
  return {
    app,
    demo,
    setupLink: () => issueSetupLink({ db, clock, baseUrl }),
    endLiveViews: () => feed.close(),
    close,
  };
}
