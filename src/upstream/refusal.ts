/** What a provider says when it does not answer (protocols 4.4, 4.5). */
import { parseJson } from "../json/parse.ts";
import { type JsonValue, member } from "../json/value.ts";
import type { UpstreamRefusal } from "./upstream.ts";

/** Bytes of an error body that are read. A longer one is no JSON any more, and so says nothing. */
const MAX_BODY_BYTES = 64 * 1024;

/** Clients sleep as long as they are told, some without a limit: no more than this. */
const MAX_RETRY_AFTER_SECONDS = 60;

/** Statuses after which the same request may succeed. */
const RETRYABLE = new Set([408, 409, 425, 429]);

/**
 * Reads a response that is no success.
 * @param apiKey the operator's: some servers quote the key that they refuse, and the message goes to the caller
 */
export async function refusalOf(response: Response, apiKey: string | null): Promise<UpstreamRefusal> {
  const said = messageOf(await readStart(response.body));
  const message = apiKey ? said.replaceAll(apiKey, "[key]") : said;
  const { status } = response;
  return {
    ok: false,
    status,
    message,
    retryAfterSeconds: retryAfter(response.headers, Date.now()),
    retryable: RETRYABLE.has(status) || (status >= 500 && status !== 501),
  };
}

async function readStart(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const bytes of body ?? []) {
    size += bytes.length;
    text += decoder.decode(bytes, { stream: true });
    if (size > MAX_BODY_BYTES) break;
  }
  return text;
}

/** The message of an error body in any of the forms in use; "" when it has none: a page of HTML says nothing. */
function messageOf(text: string): string {
  let body: JsonValue;
  try {
    body = parseJson(text);
  } catch {
    return "";
  }
  if (body.type === "array") body = body.items[0] ?? body;
  if (body.type !== "object") return "";
  const error = member(body, "error") ?? member(body, "detail") ?? member(body, "message");
  if (error?.type === "string") return error.value;
  const message = error?.type === "object" ? member(error, "message") : undefined;
  return message?.type === "string" ? message.value : "";
}

/** `retry-after-ms`, or `Retry-After` in seconds or as a date; whole seconds, at least 1, or null. */
export function retryAfter(headers: Headers, nowMs: number): number | null {
  const milliseconds = headers.get("retry-after-ms")?.trim() ?? "";
  const value = headers.get("retry-after")?.trim() ?? "";
  let seconds: number | null = null;
  if (/^[0-9]+(\.[0-9]+)?$/.test(milliseconds)) seconds = Number(milliseconds) / 1000;
  else if (/^[0-9]+(\.[0-9]+)?$/.test(value)) seconds = Number(value);
  else if (value !== "" && !Number.isNaN(Date.parse(value))) seconds = (Date.parse(value) - nowMs) / 1000;
  return seconds === null ? null : Math.min(Math.max(Math.ceil(seconds), 1), MAX_RETRY_AFTER_SECONDS);
}
