/**
 * Vapi's server messages. `assistant-request` is answered with the agent's assistant, whose model is led through the proxy;
 * the end of a call is noted; everything else is acknowledged. Nothing of a payload is kept.
 */
import type { EventScope } from "../audit/event.ts";
import type { AgentRow } from "../db/agents.ts";
import { MaskerError, statusOf, toMaskerError } from "../errors.ts";
import { isId, newId } from "../id.ts";
import { errorFields } from "../log/error-fields.ts";
import { readBody } from "../proxy/body.ts";
import { CALL_STARTED } from "../proxy/call-book.ts";
import type { Client } from "../proxy/deps.ts";
import { assistantReply } from "./assistant.ts";
import { authenticateWebhook } from "./authenticate-webhook.ts";
import type { WebhookDeps } from "./deps.ts";
import { readMessage, type VapiMessage } from "./message.ts";

export interface VapiWebhook {
  /** Answers every path under `/vapi`; never throws. */
  fetch(request: Request, client: Client): Promise<Response>;
}

export function createVapiWebhook(deps: WebhookDeps): VapiWebhook {
  return {
    async fetch(request, client) {
      try {
        const answer = await answerMessage(deps, request, client);
        return Response.json(answer, { headers: { "x-request-id": client.requestId } });
      } catch (thrown) {
        const error = toMaskerError(thrown);
        const line = { request_id: client.requestId, route: "POST /vapi/webhook/{agent_id}", code: error.code };
        if (error.code === "internal_error") deps.log.error("request failed", { ...line, ...errorFields(thrown) });
        else deps.log.info("request refused", { ...line, status: statusOf(error.code) });
        return errorResponse(error, client.requestId);
      }
    },
  };
}

async function answerMessage(deps: WebhookDeps, request: Request, client: Client): Promise<Record<string, unknown>> {
  const agentId = agentOf(new URL(request.url).pathname);
  if (agentId === null) throw new MaskerError("not_found");
  if (request.method !== "POST") throw new MaskerError("method_not_allowed", { headers: { allow: "POST" } });
  const body = await readBody(request, deps.settings.maxBodyBytes);
  const agent = await authenticateWebhook(deps, { agentId, headers: request.headers, raw: body.raw, client });
  const wait = deps.limiter?.take(agent.account_id) ?? null;
  if (wait !== null) throw new MaskerError("rate_limited", { retryAfterSeconds: wait });

  const message = readMessage(body.text);
  switch (message.type) {
    case "assistant-request":
      await noteStart(deps, agent, message);
      return assistantReply({
        agent,
        proxyBase: `${deps.baseUrl()}/proxy/${agent.id}/v1`,
        model: deps.upstreams.resolve(agent.upstream).model,
        request: body.text,
        log: deps.log,
      });
    case "end-of-call-report":
      await noteEnd(deps, agent, message);
      return {};
    default:
      if (deps.settings.strictEvents) throw new MaskerError("unsupported_event");
      return {};
  }
}

function agentOf(pathname: string): string | null {
  const [vapi, webhook, agentId, ...rest] = pathname.split("/").filter((segment) => segment !== "");
  const known = vapi === "vapi" && webhook === "webhook" && agentId !== undefined && rest.length === 0;
  return known && isId("agent", agentId) ? agentId : null;
}

/** A request that the platform repeats belongs to the call that it announced before. */
async function noteStart(deps: WebhookDeps, agent: AgentRow, message: VapiMessage): Promise<void> {
  // A message without the call's id still tells that there is one; its turns will be joined by their own means.
  const call = deps.calls.named(agent.id, message.callId ?? newId("call"));
  if (call.isLogged(CALL_STARTED)) return;
  call.markLogged([CALL_STARTED]);
  const body = { platform: agent.platform ?? "vapi", source: "vapi" } as const;
  try {
    await deps.audit.append([{ kind: "call_started", scope: scopeOf(agent, call.callId), body }]);
  } catch (thrown) {
    call.unmarkLogged([CALL_STARTED]);
    throw thrown;
  }
}

async function noteEnd(deps: WebhookDeps, agent: AgentRow, message: VapiMessage): Promise<void> {
  const callId = message.callId === null ? null : deps.calls.find(agent.id, message.callId);
  // The end of a call that nothing is known of tells nothing.
  if (callId === null) return;
  await deps.audit.append([{ kind: "call_ended", scope: scopeOf(agent, callId), body: { source: "vapi" } }]);
}

function scopeOf(agent: AgentRow, callId: string): EventScope {
  return { account_id: agent.account_id, agent_id: agent.id, session_id: null, call_id: callId };
}

/** The error envelope of the REST API. */
function errorResponse(error: MaskerError, requestId: string): Response {
  const headers = new Headers({ ...error.headers, "x-request-id": requestId });
  if (error.retryAfterSeconds !== undefined) headers.set("retry-after", String(error.retryAfterSeconds));
  const details = error.details === undefined ? {} : { details: error.details };
  return Response.json(
    { error: { code: error.code, message: error.message, request_id: requestId, ...details } },
    { status: statusOf(error.code), headers },
  );
}
