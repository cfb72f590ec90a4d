/**
 * One turn through the proxy, in this order:
 *  1. authenticate the caller and find the agent
 *  2. read the body (size and encoding bounded) and check signatures over it
 *  3. parse it into text slots
 *  4. find the call that it belongs to
 *  5. detect identifiers; token-shaped text from outside counts as one
 *  6. refuse what the policy blocks
 *  7. tokenize, redact or generalize, and render the masked body
 *  8. check the exit: no original may stand in what is about to leave
 *  9. forward the body, and
 * 10. append the masking events while the provider thinks
 * 11. rehydrate the answer; its first byte waits for (10), its end for the completion events
 */
import type { AuditEventInput, AuditSink } from "../audit/event.ts";
import { deriveKey, hmacParts } from "../crypto/derive.ts";
import type { AgentRow } from "../db/agents.ts";
import type { Span } from "../detect/detector.ts";
import { Pace } from "../detect/pace.ts";
import { MaskerError, toMaskerError } from "../errors.ts";
import { newId } from "../id.ts";
import { detectOptions, type Policy } from "../policy/policy.ts";
import { SSE_DONE } from "../upstream/sse.ts";
import type { UpstreamAnswer, UpstreamRefusal, UpstreamTarget } from "../upstream/upstream.ts";
import type { ParsedRequest, RenderOptions } from "../upstream/wire-format.ts";
import { answerStream } from "./answer-stream.ts";
import { answerWhole } from "./answer-whole.ts";
import { authenticateBody, authenticateHead, passableAuthorization } from "./authenticate.ts";
import { type RequestBody, readBody } from "./body.ts";
import type { CallTurn } from "./call-book.ts";
import type { Client, ProxyDeps } from "./deps.ts";
import { checkEgress } from "./egress.ts";
import { proxyHeaders, refuse } from "./error-response.ts";
import { withForeignTokens } from "./foreign-token.ts";
import { blockedSpans, type MaskedSpan, maskRequest } from "./mask.ts";
import { PayloadLog } from "./payload-log.ts";
import { upstreamRefused } from "./refusal.ts";
import { SessionRecord } from "./session-record.ts";
import { Closing, type OpenSessions, Presence, type Turn } from "./turn.ts";

/** For the log, which never holds a path that was asked for. */
export const CHAT_ROUTE = "POST /proxy/{agent_id}/v1/chat/completions";

const DEFAULT_BLOCK_MESSAGE = "One moment please, let me get a colleague.";

/** A request as the listener gave it, and where its session is kept while it is open. */
export interface ProxyRequest {
  readonly request: Request;
  readonly client: Client;
  readonly sessions: OpenSessions;
}

/** A request that was read and belongs to an agent; its session exists from here on. */
interface Session {
  readonly deps: ProxyDeps;
  readonly agent: AgentRow;
  readonly policy: Policy;
  readonly parsed: ParsedRequest;
  readonly call: CallTurn;
  readonly target: UpstreamTarget;
  readonly model: string;
  readonly modelAllowed: boolean;
  readonly request: Request;
  readonly client: Client;
  readonly record: SessionRecord;
  readonly payloads: PayloadLog;
  readonly closing: Closing;
  readonly presence: Presence;
  readonly headers: Headers;
}

/** Answers `POST .../chat/completions`; never throws. */
export async function runTurn(
  deps: ProxyDeps,
  agentId: string,
  { request, client, sessions }: ProxyRequest,
): Promise<Response> {
  const arrivedAt = new Date();
  const headers = proxyHeaders(client);
  try {
    const agent = await authenticateHead(deps, agentId, request.headers, client);
    takeFromBudget(deps, agent);
    if (sessions.size >= deps.settings.maxOpenTurns) throw new MaskerError("rate_limited", { retryAfterSeconds: 1 });
    const body = await readBody(request, deps.settings.maxBodyBytes);
    authenticateBody(deps, agent, request.headers, body.raw);
    const session = openSession({ deps, agent, body, request, client, sessions, headers, arrivedAt });
    return await closeOnError(session, () => maskAndForward(session));
  } catch (thrown) {
    const fields = { route: CHAT_ROUTE, agent_id: agentId };
    return refuse(thrown, { log: deps.log, client, headers, fields, gone: request.signal.aborted });
  }
}

function takeFromBudget(deps: ProxyDeps, agent: AgentRow): void {
  const wait = deps.limiter?.take(agent.account_id) ?? null;
  if (wait !== null) throw new MaskerError("rate_limited", { retryAfterSeconds: wait });
}

interface Arrival {
  readonly deps: ProxyDeps;
  readonly agent: AgentRow;
  readonly body: RequestBody;
  readonly request: Request;
  readonly client: Client;
  readonly sessions: OpenSessions;
  readonly headers: Headers;
  readonly arrivedAt: Date;
}

function openSession({ deps, agent, body, request, client, sessions, headers, arrivedAt }: Arrival): Session {
  const from = performance.now();
  const policy = deps.policies.get(agent.account_id, agent.policy_name);
  if (policy === null) throw new MaskerError("unknown_policy");
  const target = deps.upstreams.resolve(agent.upstream);
  const parsed = deps.format.parse(body.text);
  const model = parsed.model ?? target.model;
  const modelAllowed = mayUse(agent, target, model);
  const sessionId = newId("session");
  const call = joinCall(deps, { agent, parsed, body: body.text, request, sessionId });
  const record = new SessionRecord({
    agent,
    policy,
    call,
    sessionId,
    upstream: target.upstream.name,
    // A model that is refused may be any text, and none of that belongs in the log.
    upstreamModel: modelAllowed ? model : target.model,
    startedAt: arrivedAt,
  });
  record.stopwatch.add("parse", performance.now() - from);
  headers.set("masker-session-id", sessionId);
  const payloads = new PayloadLog(deps, sessionId, policy);
  payloads.set("request", () => parsed.understood());
  return {
    deps,
    agent,
    policy,
    parsed,
    call,
    target,
    model,
    modelAllowed,
    request,
    client,
    record,
    payloads,
    closing: new Closing(deps, record, payloads, sessions),
    presence: new Presence(request.signal),
    headers,
  };
}

function joinCall(
  deps: ProxyDeps,
  on: {
    readonly agent: AgentRow;
    readonly parsed: ParsedRequest;
    readonly body: string;
    readonly request: Request;
    readonly sessionId: string;
  },
): CallTurn {
  const { parsed, request } = on;
  const header = deps.settings.callIdHeader;
  return deps.calls.join({
    agentId: on.agent.id,
    sessionId: on.sessionId,
    names: [
      request.headers.get("masker-session-id"),
      header === null ? null : request.headers.get(header),
      parsed.callId,
    ],
    messageKeys: parsed.messageKeys,
    firstUserMessage: parsed.slots.find((slot) => slot.role === "user" && slot.message !== null)?.message ?? -1,
    body: on.body,
    resent: Number(request.headers.get("x-stainless-retry-count") ?? 0) > 0,
  });
}

/** Steps 5 to 11. */
async function maskAndForward(session: Session): Promise<Response> {
  const { deps, policy, parsed, record, target, model } = session;
  if (!session.modelAllowed) throw new MaskerError("model_not_allowed");

  refuseAbsent(session);
  const pace = new Pace();
  const { found, readAhead } = await record.stopwatch.time("detection", async () => {
    const detection = await deps.detector.detect(parsed.slots, detectOptions(policy));
    record.nerSkipped = detection.nerSkipped;
    record.stopwatch.noteTexts(detection.cacheHits, parsed.slots.length);
    return { found: await pace.run(withForeign(parsed, detection.spans)), readAhead: detection.readAhead };
  });
  refuseAbsent(session);
  const blocked = blockedSpans(parsed, found, policy);
  if (blocked.length > 0) return refuseBlocked(session, blocked);

  const masked = await record.stopwatch.time("tokenize", async () => {
    const options = {
      policy,
      agentId: session.agent.id,
      scheme: session.agent.tokenization,
      tokenizer: deps.tokenizer,
    };
    const masking = await pace.run(maskRequest(parsed, found, { ...options, now: record.subject.startedAt }));
    if (pace.due) await pace.rest();
    const rendered = parsed.render(masking.replacements, renderOptions(session, model));
    if (pace.due) await pace.rest();
    const egress = await pace.run(checkEgress(rendered, masking.replaced, masking.ledger));
    // Which text it was must not be told, nor can it be sent: the request ends here.
    if (!egress.clean) throw new MaskerError("blocked_by_policy");
    return { body: egress.body, ledger: masking.ledger, spans: [...masking.spans, ...egress.survivors] };
  });
  session.payloads.set("masked", () => masked.body.body);

  const sending = target.upstream.send({
    body: masked.body.body,
    stream: parsed.stream,
    authorization: passableAuthorization(deps, session.agent, session.request.headers),
    signal: session.presence.signal,
  });
  sending.catch(() => undefined);
  const durable = appendMasking(session, masked.spans);
  session.headers.set("masker-redactions", String(record.redactionCount));
  const turn: Turn = {
    deps,
    record,
    closing: session.closing,
    payloads: session.payloads,
    requestId: session.client.requestId,
    stream: parsed.stream,
    body: masked.body,
    ledger: masked.ledger,
    headers: session.headers,
    presence: session.presence,
    readAhead,
    durable,
    commitAt: performance.now() + deps.settings.commitAfterMs,
  };
  return release(turn, policy, sending);
}

/** What was found in each text, with the tokens that came from outside; a step for each. */
function* withForeign(
  { slots }: ParsedRequest,
  spans: readonly (readonly Span[])[],
): Generator<void, (readonly Span[])[]> {
  const found: (readonly Span[])[] = [];
  for (const [i, slot] of slots.entries()) {
    found.push(withForeignTokens(slot.text, spans[i] ?? []));
    yield;
  }
  return found;
}

/** Nobody waits for the turn of a caller who hung up; working it through would only delay those who are there. */
function refuseAbsent(session: Session): void {
  if (session.presence.gone) throw new MaskerError("internal_error", { message: "The caller is gone." });
}

/** How providers name models: no blanks, and no at sign but Cloudflare's at the beginning, so that no address is one. */
const MODEL_NAME = /^@?[A-Za-z0-9][A-Za-z0-9._:/+-]{0,126}$/;

/**
 * `model` is honoured when the agent's own list, or else the provider's, has it; the agent's own model always is. Where
 * nobody keeps a list any name passes, but no other text: it leaves and is logged as it stands.
 */
function mayUse(agent: AgentRow, target: UpstreamTarget, model: string): boolean {
  if (model === target.model) return true;
  if (agent.allowed_models.length > 0 && !agent.allowed_models.includes(model)) return false;
  return target.models.length === 0 ? MODEL_NAME.test(model) : target.models.includes(model);
}

function renderOptions(session: Session, model: string): RenderOptions {
  return {
    model,
    // Derived when it is needed: few requests name their caller.
    pseudonym(text) {
      const key = deriveKey(session.deps.settings.pseudonymSecret, "pseudonym", session.agent.id);
      return `u_${hmacParts(key, text).toString("base64url").slice(0, 32)}`;
    },
  };
}

/** Begins to write the masking events; the promise resolves when they and the tokens are on disk. */
function appendMasking(session: Session, spans: readonly MaskedSpan[]): Promise<void> {
  const { deps, call, record, presence } = session;
  const keys = logKeys(session, spans);
  const fresh = new Set([...keys.values()].filter((key) => !call.isLogged(key)));
  record.countMasking(keys, fresh);
  const events = record.maskingEvents(keys, fresh);
  call.markLogged(fresh);
  const written = Promise.all([appendInParts(deps.audit, events), deps.tokenizer.flush()]);
  const durable = written.then(
    () => undefined,
    (thrown) => {
      record.forgetLogged(fresh);
      presence.giveUp();
      throw thrown;
    },
  );
  // Awaited before anything is released; until then a failure must not count as unhandled.
  durable.catch(() => undefined);
  return durable;
}

/** Events that are chained at a stretch, a few milliseconds; those of other calls come between. */
const EVENTS_AT_ONCE = 100;

/** Resolves when all are on disk. @throws MaskerError audit_unavailable */
async function appendInParts(audit: AuditSink, events: Iterable<AuditEventInput>): Promise<void> {
  let part: AuditEventInput[] = [];
  for (const event of events) {
    part.push(event);
    if (part.length < EVENTS_AT_ONCE) continue;
    await audit.append(part);
    part = [];
  }
  if (part.length > 0) await audit.append(part);
}

/** Names the message, or the text outside messages, that each span stands in; each text is hashed once. */
function logKeys({ parsed, call }: Session, spans: readonly MaskedSpan[]): Map<MaskedSpan, string> {
  const ofTexts = new Map<number, string>();
  const keyOf = ({ slot, slotIndex, message }: MaskedSpan): string => {
    const ofMessage = message === null ? undefined : call.messages[message];
    if (ofMessage !== undefined) return ofMessage;
    if (slotIndex === null) return call.textKey(slot, "");
    const known = ofTexts.get(slotIndex) ?? call.textKey(slot, parsed.slots[slotIndex]!.text);
    ofTexts.set(slotIndex, known);
    return known;
  };
  return new Map(spans.map((span) => [span, keyOf(span)]));
}

async function release(
  turn: Turn,
  policy: Policy,
  sending: Promise<UpstreamAnswer | UpstreamRefusal>,
): Promise<Response> {
  const { deps, record, presence } = turn;
  try {
    const answering = sending.then(async (answer) => {
      if (answer.ok) return answer;
      throw await upstreamRefused(deps, policy, answer);
    });
    answering.catch(() => undefined);
    if (turn.stream) return await answerStream(turn, answering);
    const answer = await record.stopwatch.time("upstream", () => answering);
    // A provider that streams unasked is passed on as it speaks.
    return await (answer.eventStream ? answerStream(turn, answering) : answerWhole(turn, answer));
  } catch (thrown) {
    presence.giveUp();
    // When the events cannot be written, that is the reason, whatever else went wrong on the way.
    await turn.durable;
    throw thrown;
  }
}

/** Step 6: nothing was minted and nothing leaves. */
async function refuseBlocked(session: Session, blocked: readonly MaskedSpan[]): Promise<Response> {
  const { deps, agent, record, parsed, closing } = session;
  await record.stopwatch.time("audit", () => appendMasking(session, blocked));
  session.headers.set("masker-redactions", String(record.redactionCount));
  await closing.close("error", "blocked_by_policy");
  if (agent.on_block !== "say") throw new MaskerError("blocked_by_policy");
  const sentence = agent.block_message ?? DEFAULT_BLOCK_MESSAGE;
  const said = deps.format.say(sentence, { model: session.model, stream: parsed.stream, id: record.subject.sessionId });
  const headers = new Headers(session.headers);
  headers.set("content-type", parsed.stream ? "text/event-stream; charset=utf-8" : "application/json");
  headers.set("server-timing", record.stopwatch.header());
  return new Response(parsed.stream ? said + SSE_DONE : said, { headers });
}

/** Closes the session of a turn that failed before anything of an answer was released. */
async function closeOnError(session: Session, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (thrown) {
    session.presence.giveUp();
    if (!session.closing.begun) {
      if (session.presence.gone) await session.closing.close("partial", "client_disconnected");
      else await session.closing.close("error", toMaskerError(thrown).code);
    }
    throw thrown;
  }
}
