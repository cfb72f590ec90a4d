/** Category Q: image, audio and file parts of a request, each with a planted payload that must not leave. */
import { toMaskerError } from "../../src/errors.ts";
import { openAiChat } from "../../src/upstream/openai-chat.ts";
import type { Tally } from "./coverage.ts";

const PLANTED = "iVBORw0KGgoPLANTEDFACE";
const PARTS: readonly unknown[] = [
  { type: "image_url", image_url: { url: `data:image/png;base64,${PLANTED}` } },
  { type: "image_url", image_url: { url: `https://images.example.org/${PLANTED}.jpg`, detail: "high" } },
  { type: "input_audio", input_audio: { data: PLANTED, format: "wav" } },
  { type: "file", file: { filename: `${PLANTED}.pdf`, file_data: `data:application/pdf;base64,${PLANTED}` } },
  { type: "file", file: { file_id: PLANTED } },
];
const ROLES = ["user", "system", "assistant", "tool", "developer"];

/** Every part in every role, alone, and between texts; covered when it was removed or the request refused. */
export function tallyMedia(): Tally {
  const result = { cases: 0, covered: 0 };
  for (const part of PARTS) {
    for (const role of ROLES) {
      for (const content of [[part], [{ type: "text", text: "look" }, part, { type: "text", text: "please" }]]) {
        const message = { role, content, ...(role === "tool" && { tool_call_id: "call_1" }) };
        result.cases++;
        if (!leaves(JSON.stringify({ model: "m", messages: [message] }))) result.covered++;
      }
    }
  }
  return result;
}

function leaves(body: string): boolean {
  try {
    const request = openAiChat.parse(body);
    const masked = request.render(
      request.slots.map(() => []),
      { model: "m", pseudonym: () => "p" },
    );
    return masked.body.includes(PLANTED) || request.media.length === 0;
  } catch (error) {
    if (toMaskerError(error).code !== "internal_error") return false;
    throw error;
  }
}
