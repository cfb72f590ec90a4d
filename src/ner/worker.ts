/** Thread of the pool: loads the model once, then labels what it is sent. An entry point of the build. */
import { Tensor } from "onnxruntime-common";
import { MaskerError } from "../errors.ts";
import { createLabeller, type Labeller } from "./labeller.ts";
import { type LabelMessage, pack, type StartMessage, type StopMessage, type WorkerReply } from "./message.ts";
import { loadAddon, loadLibrary } from "./native.ts";

declare const self: Worker;

/** ONNX Runtime's log: nothing below fatal, since its messages are not ours to vouch for. */
const LOG_FATAL = 4;

let labeller: Labeller | null = null;

self.onmessage = (event: MessageEvent<StartMessage | LabelMessage | StopMessage>) => {
  const message = event.data;
  if ("jobs" in message) answer(message);
  else if ("stop" in message) process.exit(0);
  else start(message);
};

async function start({ native, model }: StartMessage): Promise<void> {
  try {
    loadLibrary(native.library);
    const binding = loadAddon(native.addon);
    binding.initOrtOnce(LOG_FATAL, Tensor, false);
    const bytes = await Bun.file(model.model).bytes();
    labeller = createLabeller(binding, bytes, model);
    reply({ type: "ready" });
  } catch (error) {
    const message = error instanceof MaskerError ? error.message : "The NER model's files cannot be read.";
    reply({ type: "failed", message });
  }
}

function answer({ jobs }: LabelMessage): void {
  const packed = pack(
    jobs.map(({ text, question }) => {
      try {
        return labeller?.label(text, question) ?? null;
      } catch {
        // What failed may quote the text; that it failed is all that may leave this thread.
        return null;
      }
    }),
  );
  reply({ type: "answer", packed }, [packed.buffer]);
}

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
  self.postMessage(message, transfer);
}
