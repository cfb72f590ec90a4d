/** The pool's worker, except that its thread ends in the middle of things when it is sent the word "die". */
import "../../src/ner/worker.ts";
import type { LabelMessage, StartMessage } from "../../src/ner/message.ts";

declare const self: Worker;

const work = self.onmessage;

self.onmessage = (event: MessageEvent<StartMessage | LabelMessage>) => {
  if ("jobs" in event.data && event.data.jobs.some(({ text }) => text.startsWith("die"))) process.exit(1);
  work?.call(self, event);
};
