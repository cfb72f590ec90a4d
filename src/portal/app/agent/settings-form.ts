import type { Inputs } from "../api.ts";
import type { Agent } from "./agent.ts";

export const BAA_PARTIES = [
  ["voice_platform", "Voice platform"],
  ["stt", "Speech to text"],
  ["model", "Model provider"],
  ["tts", "Text to speech"],
] as const;

type Party = (typeof BAA_PARTIES)[number][0];

/** The settings of an agent as a person edits them: lists as lines, what is absent as empty text. */
export interface SettingsForm {
  readonly name: string;
  readonly upstream: string;
  readonly policy_name: string;
  readonly on_block: Agent["on_block"];
  readonly block_message: string;
  readonly allowed_models: string;
  readonly key_required: boolean;
  readonly allowed_addresses: string;
  /** Secrets are written and never read: empty leaves the stored one. */
  readonly header: { readonly name: string; readonly secret: string };
  readonly hmac: {
    readonly header: string;
    readonly secret: string;
    readonly timestamp_header: string;
    readonly encoding: "hex" | "base64";
    readonly prefix: string;
    readonly required: boolean;
  };
  readonly baa: Readonly<Record<Party, { readonly name: string; readonly date: string }>>;
}

export function formOf(agent: Agent): SettingsForm {
  const { key_required, header, hmac, allowed_addresses } = agent.platform_auth;
  const party = (name: Party) => ({
    name: agent.baa_chain[name]?.name ?? "",
    date: agent.baa_chain[name]?.baa_date ?? "",
  });
  return {
    name: agent.name,
    upstream: agent.upstream,
    policy_name: agent.policy_name,
    on_block: agent.on_block,
    block_message: agent.block_message ?? "",
    allowed_models: agent.allowed_models.join("\n"),
    key_required,
    allowed_addresses: allowed_addresses.join("\n"),
    header: { name: header?.name ?? "", secret: "" },
    hmac: {
      header: hmac?.header ?? "",
      secret: "",
      timestamp_header: hmac?.timestamp_header ?? "",
      encoding: hmac?.encoding ?? "hex",
      prefix: hmac?.prefix ?? "",
      required: hmac?.required ?? false,
    },
    baa: { voice_platform: party("voice_platform"), stt: party("stt"), model: party("model"), tts: party("tts") },
  };
}

/** What is sent when the form is saved. */
export function updateOf(agentId: string, form: SettingsForm): Inputs["agents"]["update"] {
  const { header, hmac } = form;
  const secret = (text: string) => (text === "" ? {} : { secret: text });
  const parties = BAA_PARTIES.filter(([party]) => form.baa[party].name.trim() !== "").map(
    ([party]) => [party, { name: form.baa[party].name.trim(), baa_date: form.baa[party].date || null }] as const,
  );
  return {
    agent_id: agentId,
    name: form.name.trim(),
    upstream: form.upstream.trim(),
    policy_name: form.policy_name,
    on_block: form.on_block,
    ...(form.on_block === "say" ? { block_message: form.block_message } : {}),
    allowed_models: lines(form.allowed_models),
    platform_auth: {
      key_required: form.key_required,
      allowed_addresses: lines(form.allowed_addresses),
      header: header.name.trim() === "" ? null : { name: header.name.trim(), ...secret(header.secret) },
      hmac:
        hmac.header.trim() === ""
          ? null
          : {
              ...secret(hmac.secret),
              header: hmac.header.trim(),
              timestamp_header: hmac.timestamp_header.trim() || null,
              encoding: hmac.encoding,
              prefix: hmac.prefix,
              required: hmac.required,
            },
    },
    baa_chain: Object.fromEntries(parties),
  };
}

function lines(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
