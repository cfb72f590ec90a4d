import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useSearch } from "wouter";
import type { Agent } from "../agent/agent.ts";
import { AgentKeys } from "../agent/agent-keys.tsx";
import { AgentSettings } from "../agent/agent-settings.tsx";
import { RecipeTabs } from "../agent/recipe-tabs.tsx";
import { proxyBase } from "../agent/recipes.ts";
import { TestCall } from "../agent/test-call.tsx";
import { Url } from "../agent/url.tsx";
import { api, errorFacts } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Copyable } from "../parts/copy.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { ScrollRegion } from "../parts/scroll-region.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { milliseconds } from "../parts/time.tsx";
import { ReportButtons } from "../report-buttons.tsx";
import { SessionsTable } from "../session/sessions-table.tsx";
import { useMay, useMe } from "../signed-in.tsx";

export default function AgentPage() {
  const id = new URLSearchParams(useSearch()).get("id") ?? "";
  const query = useQuery({ queryKey: ["agent", id], queryFn: () => api.agents.get.query({ agent_id: id }) });
  if (query.error !== null) {
    return errorFacts(query.error).code === "agent_not_found" ? (
      <Gone id={id} />
    ) : (
      <Failed error={query.error} onRetry={() => query.refetch()} />
    );
  }
  if (query.data === undefined) return <Loading lines={8} />;
  return <Whole agent={query.data.agent} />;
}

function Whole({ agent }: { readonly agent: Agent }) {
  const mayReport = useMay("reports:read");
  const mayWrite = useMay("agents:write");
  const { user } = useMe();
  return (
    <>
      <PageHead
        title={<span title={agent.name}>{agent.name}</span>}
        hint={<Copyable text={agent.id} />}
        actions={
          <>
            {mayReport && <ReportButtons scope={{ agent_id: agent.id }} since="30d" />}
            {user?.role === "admin" && <DeleteAgent agent={agent} />}
          </>
        }
      />
      <div className="space-y-5">
        <Stats agent={agent} />
        <Panel title="Connect">
          <dl className="mb-4 grid gap-3 text-sm md:grid-cols-2">
            <Url name="Proxy URL" url={agent.proxy_url} />
            <Url name="Webhook URL" url={agent.webhook_url} />
          </dl>
          <RecipeTabs
            platform={agent.platform}
            facts={{
              proxyBase: proxyBase(agent.proxy_url),
              webhookUrl: agent.webhook_url,
              agentKey: agent.platform_auth.key_required ? "mak_…" : null,
            }}
          />
        </Panel>
        {mayWrite && (
          <Panel title="Test call">
            <TestCall agentId={agent.id} />
          </Panel>
        )}
        <LastSessions agentId={agent.id} />
        {mayWrite && <AgentKeys agent={agent} />}
        <AgentSettings agent={agent} mayWrite={mayWrite} />
        <Panel
          title={`Policy in force: ${agent.policy_name} v${agent.policy_version}`}
          actions={
            <Link
              href={`/policies/edit?name=${encodeURIComponent(agent.policy_name)}`}
              className="text-sm font-medium text-accent hover:underline"
            >
              Open
            </Link>
          }
        >
          <ScrollRegion label="Policy in force" className="max-h-72 overflow-auto rounded-lg bg-sunken p-3">
            <pre className="font-mono text-xs">{agent.policy_yaml}</pre>
          </ScrollRegion>
        </Panel>
      </div>
    </>
  );
}

function Stats({ agent }: { readonly agent: Agent }) {
  const { stats } = agent;
  const rows: readonly (readonly [string, ReactNode])[] = [
    ["Sessions, 24 h", stats.session_count_24h],
    ["Sessions, 7 days", stats.session_count_7d],
    ["Identifiers masked, 24 h", stats.redaction_count_24h],
    ["Added latency, median", stats.p50_latency_ms === null ? "–" : milliseconds(stats.p50_latency_ms)],
    ["Added latency, p95", stats.p95_latency_ms === null ? "–" : milliseconds(stats.p95_latency_ms)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-3 max-md:*:last:col-span-2 md:grid-cols-5">
      {rows.map(([name, value]) => (
        <div key={name} className="rounded-xl border bg-panel p-4">
          <dt className="text-xs text-muted">{name}</dt>
          <dd className="mt-1 text-xl font-semibold tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function LastSessions({ agentId }: { readonly agentId: string }) {
  const list = useQuery({
    queryKey: ["sessions", "of", agentId],
    queryFn: () => api.sessions.list.query({ agent_id: agentId, since: "30d", limit: 10 }),
  });
  return (
    <Panel
      title="Last sessions"
      actions={
        <Link href={`/sessions?agent=${agentId}&since=30d`} className="text-sm font-medium text-accent hover:underline">
          All
        </Link>
      }
    >
      {list.error !== null && <Failed error={list.error} />}
      {list.isPending && <Loading />}
      {list.data?.data.length === 0 && <Empty title="No session in the last 30 days">Send a test call above.</Empty>}
      {list.data !== undefined && list.data.data.length > 0 && <SessionsTable rows={list.data.data} />}
    </Panel>
  );
}

function DeleteAgent({ agent }: { readonly agent: Agent }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.agents.delete.mutate({ agent_id: agent.id }),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["agent", agent.id] }),
        queries.invalidateQueries({ queryKey: ["agents"] }),
      ]),
  });
  return (
    <Confirm
      action="Delete"
      confirm="Delete the agent"
      title={`Delete ${agent.name}?`}
      hint="Its proxy URL answers 404 at once. Sessions, vault and audit history stay, and it can be restored for 30 days."
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    />
  );
}

function Gone({ id }: { readonly id: string }) {
  const { user } = useMe();
  const queries = useQueryClient();
  const restore = useMutation({
    mutationFn: () => api.agents.restore.mutate({ agent_id: id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["agent", id] }),
  });
  return (
    <Panel>
      <Empty title="There is no such agent, or it was deleted">
        {user?.role === "admin" && (
          <Button className="mt-2" busy={restore.isPending} onClick={() => restore.mutate()}>
            Restore it, if it was deleted in the last 30 days
          </Button>
        )}
      </Empty>
      {restore.error !== null && <Failed error={restore.error} />}
    </Panel>
  );
}
