/** A provider whose answer breaks off after any of its bytes: what was said is the beginning of the answer, and its end is told. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Suite, startSuite } from "./suite.ts";
import { type Asked, events, type Step, whole } from "./upstream.ts";

const SAID = "Is 415-263-0134 your number?";
/** One place in so many bytes, another one in each. */
const STRIDE = 5;
const AT_ONCE = 16;

let suite: Suite;

beforeAll(async () => {
  suite = await startSuite();
});

afterAll(async () => {
  await suite?.stop();
});

async function ask(model: string, stream: boolean): Promise<{ readonly status: number; readonly answer: string }> {
  const body = JSON.stringify({ model, stream, messages: [{ role: "user", content: SAID }] });
  const response = await fetch(`${suite.baseURL}/chat/completions`, { method: "POST", body });
  return { status: response.status, answer: await response.text() };
}

/** What is wrong with an answer of a stream that broke off. */
function problemOf(status: number, answer: string): string {
  if (/MSKV|HEALTHCARE/.test(answer)) return "a token was heard";
  if (status !== 200) return status === 502 && answer.includes('"upstream_error"') ? "" : `status ${status}`;
  if (!answer.endsWith("data: [DONE]\n\n")) return "no end";
  let text = "";
  let ended = false;
  for (const [, json] of answer.matchAll(/^data: (\{.*\})$/gm)) {
    const event = JSON.parse(json!) as {
      readonly error?: unknown;
      readonly choices?: readonly { readonly delta: { readonly content?: string }; readonly finish_reason?: string }[];
    };
    ended ||= event.error !== undefined || event.choices?.[0]?.finish_reason === "stop";
    text += event.choices?.[0]?.delta.content ?? "";
  }
  if (!ended) return "the break was not told";
  // A dot behind the mark was the token's.
  return SAID.startsWith(text.replace(/(?:\[REDACTED:[A-Z_]+\][._]?|M|MS|MSK)$/, "")) ? "" : `heard ${text}`;
}

it.each([true, false])("is told so, and nothing of a token is heard (stream %s)", async (stream) => {
  const answerOf = (asked: Asked) => (stream ? events(asked, 9).join("") : whole(asked));
  let length = 0;
  suite.masked.follow("length", (asked) => {
    const answer = answerOf(asked);
    length = Buffer.byteLength(answer);
    return { steps: [answer] };
  });
  expect((await ask("length", stream)).answer).toContain(stream ? "[DONE]" : "415-263-0134");

  const cuts = Array.from({ length: Math.floor(length / STRIDE) }, (_, i) => i * STRIDE + (i % STRIDE)).filter(
    (cut) => cut < length,
  );
  const problems: string[] = [];
  const worker = async () => {
    for (let cut = cuts.pop(); cut !== undefined; cut = cuts.pop()) {
      const end = cut;
      const model = `cut-${stream}-${end}`;
      suite.masked.follow(model, (asked) => {
        const head = Buffer.from(answerOf(asked)).subarray(0, end).toString("latin1");
        const steps: Step[] = [head, "break"];
        return { headers: { "content-length": String(length + 20) }, steps };
      });
      const { status, answer } = await ask(model, stream);
      const problem = problemOf(status, answer);
      if (problem !== "") problems.push(`after ${end} bytes: ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  expect(problems.slice(0, 5)).toEqual([]);
});
