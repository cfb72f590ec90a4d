import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { AuditEvent } from "../audit/event.ts";
import { BUILD } from "../build-info.ts";

/** Agents that get a label of their own; those after them share one, so that the number of series stays bounded. */
const MAX_AGENT_LABELS = 100;
const OTHER = "other";

/** From half a millisecond, what a detection takes, to half a minute, what a provider may. */
const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface MetricsOptions {
  /** Asked at each scrape, in bytes. */
  readonly vaultBytes: () => number;
  readonly auditLogBytes: () => number;
  /** Components of the health answer; 1 for each that is ok. */
  readonly health: () => Readonly<Record<string, boolean>>;
}

/** Prometheus metrics, counted from the same audit events that the sessions and reports come from. */
export interface Metrics {
  /** Takes each event once, when it is on disk. */
  observe(event: AuditEvent): void;
  render(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "masker_requests_total",
    help: "Requests through the proxy by outcome. The label agent is an agent's id, or other beyond a hundred of them.",
    labelNames: ["agent", "status"],
    registers,
  });
  const stages = new Histogram({
    name: "masker_request_duration_seconds",
    help: "Time spent in each stage of a request; added is all but waiting for the upstream.",
    labelNames: ["stage"],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const redactions = new Counter({
    name: "masker_redactions_total",
    help: "Identifiers masked for the first time in their call.",
    labelNames: ["kind", "pass"],
    registers,
  });
  const leaks = new Counter({
    name: "masker_rehydration_failures_total",
    help: "Tokens that could not be put back.",
    labelNames: ["kind"],
    registers,
  });
  const signInFailures = new Counter({
    name: "masker_sign_in_failures_total",
    help: "Refused sign-ins.",
    labelNames: ["method"],
    registers,
  });
  addGauges(registry, options);
  const agentLabel = createAgentLabel();

  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    observe(event) {
      switch (event.kind) {
        case "redaction":
          // What a policy lets through is logged, and not masked.
          if (event.action !== "passthrough") redactions.inc({ kind: event.entity_kind, pass: event.pass });
          break;
        case "rehydration_failed":
          leaks.inc({ kind: event.entity_kind });
          break;
        case "user_login_failed":
          signInFailures.inc({ method: event.method });
          break;
        case "session_completed":
          requests.inc({ agent: agentLabel(event.agent_id), status: event.status });
          for (const [stage, ms] of Object.entries(event.stage_durations_ms)) stages.observe({ stage }, ms / 1000);
          stages.observe({ stage: "added" }, event.added_ms / 1000);
          break;
        default:
      }
    },
  };
}

function createAgentLabel(): (agentId: string | null) => string {
  const known = new Set<string>();
  return (agentId) => {
    if (agentId === null) return OTHER;
    if (!known.has(agentId) && known.size < MAX_AGENT_LABELS) known.add(agentId);
    return known.has(agentId) ? agentId : OTHER;
  };
}

function addGauges(registry: Registry, options: MetricsOptions): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge("masker_vault_size_bytes", "Size of the vault's files.", options.vaultBytes);
  gauge("masker_audit_log_size_bytes", "Size of the audit log's files.", options.auditLogBytes);
  gauge("masker_resident_memory_bytes", "Resident memory of the process.", () => process.memoryUsage.rss());
  gauge("masker_uptime_seconds", "Time since the process started.", () => process.uptime());
  new Gauge({
    name: "masker_component_ok",
    help: "1 for each component of the health answer that is ok.",
    labelNames: ["component"],
    registers,
    collect() {
      for (const [component, ok] of Object.entries(options.health())) this.set({ component }, ok ? 1 : 0);
    },
  });
  new Gauge({
    name: "masker_build_info",
    help: "Always 1; the labels name the build.",
    labelNames: ["version", "commit"],
    registers,
  }).set({ version: BUILD.version, commit: BUILD.commit }, 1);
}
