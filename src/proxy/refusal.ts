import { MaskerError } from "../errors.ts";
import { detectOptions, type Policy } from "../policy/policy.ts";
import { redactedText } from "../tokens/token.ts";
import type { UpstreamRefusal } from "../upstream/upstream.ts";
import type { ProxyDeps } from "./deps.ts";
import { withForeignTokens } from "./foreign-token.ts";

/** Of the masked message: what is cut before it is read may be half an identifier, which nothing recognises. */
const MAX_MESSAGE_CHARS = 600;

/** A provider's 4xx or 5xx as our 502, with its message masked like any text: it may quote the request. */
export async function upstreamRefused(deps: ProxyDeps, policy: Policy, refusal: UpstreamRefusal): Promise<MaskerError> {
  const said = await maskMessage(deps, policy, refusal.message);
  return new MaskerError("upstream_error", {
    message: `The model provider answered with status ${refusal.status}${said === "" ? "." : `: ${said}`}`,
    ...(refusal.retryAfterSeconds === null ? {} : { retryAfterSeconds: refusal.retryAfterSeconds }),
    headers: { "x-should-retry": String(refusal.retryable) },
  });
}

/** The message with every identifier and token redacted; nothing of it when that cannot be made sure. */
async function maskMessage(deps: ProxyDeps, policy: Policy, message: string): Promise<string> {
  if (message === "") return "";
  try {
    const { spans } = await deps.detector.detect(
      [{ text: message, message: null, role: "other" }],
      detectOptions(policy),
    );
    let masked = "";
    let at = 0;
    for (const span of withForeignTokens(message, spans[0] ?? [])) {
      masked += message.slice(at, span.start) + redactedText(span.kind);
      at = span.end;
    }
    return (masked + message.slice(at)).slice(0, MAX_MESSAGE_CHARS);
  } catch {
    return "";
  }
}
