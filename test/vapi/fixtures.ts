/**
 * Server messages as Vapi sends them, checked against the types of its own SDK. Invented throughout; each holds what must
 * never be kept: numbers, a name, a transcript, and the platform's and Twilio's secrets.
 */
import type { Vapi } from "@vapi-ai/server-sdk";

/** Finds every planted text of the messages below. */
export const PHI = /15550001111|Ada Obi|twilio-secret|server-secret/;

const call = {
  id: "0197-call",
  orgId: "org",
  type: "inboundPhoneCall",
  createdAt: "2026-05-03T21:14:32.481Z",
  updatedAt: "2026-05-03T21:14:32.481Z",
  customer: { number: "+15550001111", name: "Ada Obi" },
} satisfies Vapi.Call;

const phoneNumber = {
  provider: "twilio",
  number: "+15550002222",
  twilioAccountSid: "AC0",
  twilioAuthToken: "twilio-secret",
} satisfies Vapi.ServerMessageAssistantRequestPhoneNumber;

const base = {
  timestamp: 1_714_771_872_000,
  call,
  phoneNumber,
  customer: { number: "+15550001111" },
  assistantVersion: null,
};

export const assistantRequest = {
  message: { ...base, type: "assistant-request", artifact: {} } satisfies Vapi.ServerMessageAssistantRequest,
};

export const endOfCallReport = {
  message: {
    ...base,
    type: "end-of-call-report",
    endedReason: "customer-ended-call",
    analysis: { summary: "Ada Obi asked for an appointment." },
    artifact: { transcript: "AI: Hi.\nUser: I am Ada Obi." },
  } satisfies Vapi.ServerMessageEndOfCallReport,
};

export const statusUpdate = {
  message: {
    ...base,
    type: "status-update",
    status: "in-progress",
    transcript: "I am Ada Obi",
  } satisfies Vapi.ServerMessageStatusUpdate,
};

export const transcript = {
  message: {
    ...base,
    type: "transcript",
    role: "user",
    transcriptType: "final",
    transcript: "I am Ada Obi",
  } satisfies Vapi.ServerMessageTranscript,
};

export const hang = { message: { ...base, type: "hang" } satisfies Vapi.ServerMessageHang };

/** The model of an assistant that is led through the proxy. */
export function customLlm(url: string, model: string) {
  return { provider: "custom-llm", url, model } as const satisfies Vapi.CustomLlmModel & {
    readonly provider: "custom-llm";
  };
}

/** What `assistant-request` is answered with. */
export function reply(assistant: Vapi.CreateAssistantDto): Vapi.ServerMessageResponseAssistantRequest {
  return { assistant };
}
