/**
 * Everything of an installation, put together from its configuration:
 * 1. storage: database, audit log, and the tables brought up to the log;
 * 2. what a turn needs: vault, policies, detection, upstreams;
 * 3. the surfaces over it: proxy, platform endpoints, API, portal;
 * 4. what runs beside them: retention, housekeeping, the socket for commands.
 * It listens nowhere (serve.ts does), so that a test can ask it directly.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import { SessionFeed } from "./api/session-feed.ts";
import { type App, createApp, type HealthReport } from "./app.ts";
import { INSTALLATION_SCOPE } from "./audit/boot.ts";
import { checkpointPath, readCheckpoints } from "./audit/checkpoint.ts";
import { nodeFiles } from "./audit/files.ts";
import { type AuditLog, openAuditLog } from "./audit/log.ts";
import { openProjection, readMark } from "./audit/projection.ts";
import { createEventReader } from "./audit/read.ts";
import { startRetention } from "./audit/retention.ts";
import { auditSocketPath, serveAppends } from "./audit/socket.ts";
import { verifyOnThread } from "./audit/verify-thread.ts";
import { issueSetupLink } from "./auth/link.ts";
import { ensureFirstAccount } from "./auth/new-user.ts";
import { TokenBuckets } from "./auth/token-bucket.ts";
import { BUILD } from "./build-info.ts";
import type { Config } from "./config/config.ts";
import { findAgentEverMade, listPoliciesInUse } from "./db/agents.ts";
import { findInstallationValue, setInstallationValue } from "./db/installation.ts";
import { type Db, openDatabase } from "./db/open.ts";
import { insertPayloads } from "./db/payloads.ts";
import { listAllPolicies } from "./db/policies.ts";
import { createReader } from "./db/reader.ts";
import { failUnfinishedReportJobs } from "./db/report-jobs.ts";
import { type DemoAgent, ensureDemoAgent } from "./demo-agent.ts";
import { createDetector } from "./detect/detect.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { createLazyNer } from "./lazy-ner.ts";
import { errorFields } from "./log/error-fields.ts";
import type { Log } from "./log/log.ts";
import { bytesBeside } from "./metrics/file-sizes.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { serveMetrics } from "./metrics/serve-metrics.ts";
import { createNerModel } from "./ner/pool.ts";
import { PolicyBook } from "./policy/book.ts";
import { createFileRevisions } from "./policy/file-revisions.ts";
import { createPortal } from "./portal/serve-portal.ts";
import { createAgentAccess } from "./proxy/agent-access.ts";
import { CallBook } from "./proxy/call-book.ts";
import { createProxy } from "./proxy/create-proxy.ts";
import { DEFAULT_SILENCE, type ProxyDeps } from "./proxy/deps.ts";
import { createPayloadSealer } from "./proxy/payload-seal.ts";
import { runTestCall } from "./proxy/test-call.ts";
import { createReportMaker } from "./report/report-maker.ts";
import { createApi } from "./rest/create-api.ts";
import { createTokenizer } from "./tokens/create-tokenizer.ts";
import { createUpstreams } from "./upstream/create-upstreams.ts";
import { openAiChat } from "./upstream/openai-chat.ts";
import { createVapiWebhook } from "./vapi/create-webhook.ts";

/** How long a clean stop waits for the ends of sessions that were cut off, ms. */
const LONGEST_END_MS = 5_000;

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
export async function openAppliance({ config, log, baseUrl }: ApplianceOptions): Promise<Appliance> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  /** Notes how to end a part; parts end in the opposite order of their start. */
  const kept = <T extends { close(): unknown }>(part: T): T => {
    closing.push(() => part.close());
    return part;
  };
  try {
    return await compose({ config, log, baseUrl }, kept, close);
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

type Keep = <T extends { close(): unknown }>(part: T) => T;

async function compose(
  { config, log, baseUrl }: ApplianceOptions,
  kept: Keep,
  close: () => Promise<void>,
): Promise<Appliance> {
  const clock = Date.now;
  const startedAt = performance.now();

  // 1. Storage.
  const database = kept(openDatabase(config.databasePath));
  const { db } = database;
  const node = await nodeName(db);
  const audit = kept(await openLog(config, { db, log, node }));
  const projection = kept(await openProjection({ db, audit, key: config.keys.auditHmac, log }));
  // Written last of all: the ends of sessions come before it.
  let started = false;
  const stopped = { kind: "server_stopped", scope: INSTALLATION_SCOPE, body: { clean: true } } as const;
  kept({ close: async () => started && audit.append([stopped]) });
  await failUnfinishedReportJobs(db);
  const reader = kept(createReader(config.databasePath));

  // 2. What a turn needs.
  const tokenizer = kept(
    createTokenizer({
      vaultPath: config.vaultPath,
      keys: config.keys.tokens,
      graceDays: config.retention.keyRotationGraceDays,
    }),
  );
  const policies = await openPolicies(config, db, log);
  const ner = kept(createLazyNer(() => createNerModel(nerOptions(config, log))));
  if (await nerIsInUse(db, policies)) await ner.start();
  const detector = createDetector({
    ner,
    timeoutMs: config.detectionTimeoutMs,
    cacheKey: crypto.getRandomValues(new Uint8Array(32)),
  });
  const upstreams = createUpstreams(config.upstream);

  // 3. Surfaces.
  const account = await ensureFirstAccount({ db, clock });
  const keysByDefault = !config.listen.loopback || config.publicUrl !== null;
  const { upstream } = config;
  const demo = await ensureDemoAgent({
    db,
    audit,
    accountId: account.id,
    upstream,
    keyRequired: keysByDefault,
    nowMs: clock(),
  });
  const limiter = config.rateLimit.enabled ? new TokenBuckets(config.rateLimit.proxy, clock) : null;
  const sealer = createPayloadSealer(config.keys.tokens);
  const agents = createAgentAccess(db, config.keys.session);
  const calls = new CallBook();
  const shared = { agents, calls, audit, upstreams, limiter, log };
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
      ...DEFAULT_SILENCE,
    },
  };
  const feed = new SessionFeed();
  projection.onSessions(async (rows) => {
    for (const row of rows) {
      const agent = await findAgentEverMade(db, row.account_id, row.agent_id);
      feed.publish({ ...row, agent_name: agent?.name ?? null });
    }
  });
  const { path, signer } = audit;
  const { auditHmac: key, signing: signingSeed } = config.keys;
  const auditDays = () => Math.max(...policies.all().map((policy) => policy.audit.retentionDays));
  const api = createApi({
    db,
    reader,
    audit,
    events: createEventReader({ path, key }),
    verifier: {
      async verify(accountId, findHash) {
        const task = { path, key, publicKey: signer.publicKey, whole: true, until: audit.head(), accountId };
        const verification = await verifyOnThread(findHash === undefined ? task : { ...task, findHash });
        audit.noteVerification(verification.first_break);
        return verification;
      },
      checkpoints: async () =>
        (await readCheckpoints(nodeFiles, checkpointPath(path), { key, publicKey: signer.publicKey })).checkpoints,
    },
    reports: kept(
      createReportMaker({
        db,
        databasePath: config.databasePath,
        folder: join(config.dataDir, "reports"),
        source: {
          auditLogPath: path,
          auditKey: key,
          signingSeed,
          node,
          build: { version: BUILD.version, commit: BUILD.commit },
          retention: {
            payload_days: config.retention.payloadDays,
            session_days: config.retention.sessionDays,
            vault_days: config.retention.vaultDays,
            key_rotation_grace_days: config.retention.keyRotationGraceDays,
            audit_days: auditDays(),
          },
        },
        audit,
        openPayload: sealer.open,
      }),
    ),
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
  });
  const health = (): HealthReport => {
    const components = {
      db: database.healthy() ? "ok" : "failed",
      vault: tokenizer.status(),
      audit_log: audit.health().ok ? "ok" : "failed",
      upstream: upstreams.healthy() ? "ok" : "failed",
      ner_model: ner.status(),
    };
    const degraded = Object.values(components).includes("failed");
    return {
      status: degraded ? "degraded" : "ok",
      version: BUILD.version,
      uptime_seconds: Math.floor((performance.now() - startedAt) / 1000),
      components,
      build: { commit: BUILD.commit, built_at: BUILD.built_at },
    };
  };
  const proxy = createProxy(proxyDeps);
  // Sessions whose client was cut off still write their end; one that hangs does not keep the server from stopping.
  kept({ close: () => Promise.race([proxy.idle(), Bun.sleep(LONGEST_END_MS)]) });
  const app = createApp({
    proxy,
    vapi: createVapiWebhook({ ...shared, baseUrl, settings: { ...limits, strictEvents: config.vapiStrictEvents } }),
    api,
    portal: createPortal(),
    health,
    log,
  });

  // 4. What runs beside.
  if (config.metrics) kept(startMetrics(config, config.metrics, { audit, health }));
  await openSocket(config, audit, log, kept);
  const purgeVault = (days: number) => tokenizer.purgeUnused(days);
  kept(startRetention({ db, audit, log, retention: config.retention, purgeVault, clock }));
  kept(startHousekeeping({ db, audit, auditKey: key, node, log, clock, auditDays }));
  await audit.append([{ kind: "server_started", scope: INSTALLATION_SCOPE, body: { version: BUILD.version } }]);
  started = true;
  return {
    app,
    demo,
    setupLink: () => issueSetupLink({ db, clock, baseUrl }),
    endLiveViews: () => feed.close(),
    close,
  };
}

/** Prometheus metrics at an address of their own, from the events of the log. */
function startMetrics(
  { vaultPath, auditLogPath }: Config,
  address: NonNullable<Config["metrics"]>,
  { audit, health }: { readonly audit: AuditLog; readonly health: () => HealthReport },
): { close(): Promise<void> } {
  const metrics = createMetrics({
    vaultBytes: () => bytesBeside(vaultPath),
    auditLogBytes: () => bytesBeside(auditLogPath),
    health: () =>
      Object.fromEntries(Object.entries(health().components).map(([name, state]) => [name, state !== "failed"])),
  });
  const stop = audit.onCommit((events) => {
    for (const { event } of events) metrics.observe(event);
  });
  const server = serveMetrics(metrics, address);
  return {
    async close() {
      stop();
      await server.close();
    },
  };
}

/** The name that every event carries; kept from the first start, because the machine's own may change. */
async function nodeName(db: Db): Promise<string> {
  const known = await findInstallationValue(db, "node_name");
  if (known !== null) return known;
  const name = hostname() || "node";
  await setInstallationValue(db, "node_name", name);
  return name;
}

async function openLog(
  config: Config,
  { db, log, node }: { readonly db: Db; readonly log: Log; readonly node: string },
): Promise<AuditLog> {
  const { auditHmac: key, signing: signingSeed } = config.keys;
  const { auditLogPath: path, auditAnchor: anchor } = config;
  return openAuditLog({ path, key, signingSeed, node, log, anchor, mark: await readMark(db) });
}

function openPolicies(config: Config, db: Db, log: Log): Promise<PolicyBook> {
  return PolicyBook.open({
    kids: new Set(config.keys.tokens.keys()),
    path: config.policyPath,
    dev: config.dev,
    log,
    stored: async () =>
      (await listAllPolicies(db)).map(({ account_id: accountId, name, version, yaml }) => ({
        accountId,
        name,
        version,
        yaml,
      })),
    revisionOf: createFileRevisions(db).revisionOf,
  });
}

function nerOptions(config: Config, log: Log): Parameters<typeof createNerModel>[0] {
  const { modelPath, threads } = config.ner;
  return { modelPath, threads, runtimeDir: join(config.dataDir, "runtime"), log };
}

async function nerIsInUse(db: Db, policies: PolicyBook): Promise<boolean> {
  const used = await listPoliciesInUse(db);
  return used.some(({ account_id, policy_name }) => policies.get(account_id, policy_name)?.passes.includes("ner"));
}

/** Without the socket commands take the log's lock themselves, and are refused while the server runs. */
async function openSocket(config: Config, audit: AuditLog, log: Log, kept: Keep): Promise<void> {
  try {
    kept(await serveAppends({ path: auditSocketPath(config.dataDir), audit, log }));
  } catch (thrown) {
    log.warn("the audit socket cannot be opened", { component: "audit_log", ...errorFields(thrown) });
  }
}
