/** Thread that reads long texts. An entry point of the build. */
import { compileLists, type Lists } from "./lists.ts";
import { runThrough } from "./pace.ts";
import { packHits, packSpans, unpackHits } from "./packed.ts";
import { readText, withCertain } from "./read-text.ts";
import type { PolicyData, ReadingReply, ReadingTask } from "./reading-task.ts";
import { resolveSlots } from "./resolve.ts";

declare const self: Worker;

/** Of the policy that was named last. */
let compiled: { readonly name: string; readonly lists: Lists } | null = null;

function listsOf({ custom, deny, allow }: PolicyData): Lists {
  const name = JSON.stringify([custom, deny, allow]);
  if (compiled?.name !== name) compiled = { name, lists: compileLists({ custom, deny, allow }) };
  return compiled.lists;
}

function answer(asked: ReadingTask): ReadingReply {
  const lists = listsOf(asked.policy);
  if (asked.task === "read") {
    const { text, context, seed, certain } = asked;
    const reading = readText(text, context, lists, seed);
    const whole = certain ? withCertain(text, reading) : reading;
    return { ...whole, hits: packHits([whole.hits]) };
  }
  const hits = runThrough(unpackHits(asked.hits, asked.texts.length));
  const slots = asked.texts.map((text, i) => ({
    text,
    hits: hits[i] ?? [],
    numbers: asked.numbers[i] ?? new Float64Array(),
  }));
  const { seed, policy } = asked;
  return { spans: packSpans(runThrough(resolveSlots(slots, { rules: policy.rules, allow: lists.allow, seed }))) };
}

self.onmessage = ({ data }: MessageEvent<ReadingTask>) => {
  let reply: ReadingReply;
  try {
    reply = answer(data);
  } catch {
    // What failed may quote the text; that it failed is all that may leave this thread.
    reply = { failed: true };
  }
  const buffers =
    "spans" in reply ? [reply.spans.buffer] : "hits" in reply ? [reply.hits.buffer, reply.numbers.buffer] : [];
  self.postMessage(reply, buffers);
};
