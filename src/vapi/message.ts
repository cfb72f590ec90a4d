import { MaskerError } from "../errors.ts";

/** What Masker needs of a server message. Nothing else of the payload is read, logged or stored: it is full of PHI and secrets. */
export interface VapiMessage {
  readonly type: string;
  /** Vapi's id of the call, null when the message has none. */
  readonly callId: string | null;
}

/**
 * Reads a server message; `type` stands under `message`, or top-level as the documentation has it.
 * @throws MaskerError validation_failed
 */
export function readMessage(text: string): VapiMessage {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch (cause) {
    throw new MaskerError("validation_failed", { message: "The body is not valid JSON.", cause });
  }
  const message = field(payload, "message") ?? payload;
  const type = field(message, "type") ?? field(payload, "type");
  if (typeof type !== "string" || type === "") {
    throw new MaskerError("validation_failed", { details: [{ path: "message.type", message: "must be a string" }] });
  }
  const call = field(message, "call") ?? field(payload, "call");
  const callId = field(call, "id");
  return { type, callId: typeof callId === "string" && callId !== "" ? callId : null };
}

/** An own field of an object; undefined for anything else. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
