import { MaskerError } from "../errors.ts";
import type { UpstreamAnswer } from "../upstream/upstream.ts";
import { answerHeaders, closeAnswered, openReader, type Turn } from "./turn.ts";

/** No chat answer is longer; a provider that sends more is broken. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Reads a whole answer, puts values back and releases it once everything about it is on disk.
 * @throws MaskerError upstream_error, upstream_timeout, audit_unavailable
 */
export async function answerWhole(turn: Turn, answer: UpstreamAnswer): Promise<Response> {
  const { record, payloads } = turn;
  const body = await record.stopwatch.time("upstream", () => readAnswer(answer.body));
  payloads.set("response", () => body);
  const reader = openReader(turn);
  const restored = record.stopwatch.timeSync("rehydrate", () => reader.whole(body));
  payloads.set("final", () => restored);
  await record.stopwatch.time("audit", () => turn.durable);
  await closeAnswered(turn, reader);
  return new Response(restored, { headers: answerHeaders(turn, "application/json") });
}

/** @throws MaskerError upstream_error beyond the limit, and whatever breaks the answer off */
export async function readAnswer(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new MaskerError("upstream_error");
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks, size));
}
