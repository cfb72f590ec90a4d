/** The smaller fields of a chat-completions request (protocols 4.1): which pass, which are masked, which never leave. */
import type { ParsedJson, ParsedObject } from "../json/parse.ts";
import { effectiveEntries, jsonArray, jsonLiteral, jsonObject, jsonString } from "../json/value.ts";
import { contentValue, memberParts } from "./chat-messages.ts";
import { dataPart } from "./json-schema.ts";
import { asArray, asBoolean, asNumber, asObject, asString, field, invalid, requiredField } from "./shape.ts";
import type { Part, SlotCollector, SlotPlace } from "./slots.ts";

type FieldReader = (value: ParsedJson, place: SlotPlace, slots: SlotCollector) => Part | undefined;

const number: FieldReader = (value, { path }) => {
  const raw = asNumber(value, path);
  return () => ({ type: "number", raw });
};

const boolean: FieldReader = (value, { path }) => {
  const literal = jsonLiteral(asBoolean(value, path));
  return () => literal;
};

/** A word of a known list passes; another one may be new to this list, and is read like any text. */
const word =
  (...known: readonly string[]): FieldReader =>
  (value, place, slots) => {
    const text = asString(value, place.path);
    return known.includes(text) ? () => jsonString(text) : slots.text(text, place);
  };

/** Opaque names of a person or a conversation: the provider gets a keyed hash, equal for equal names. */
const pseudonym: FieldReader = (value, { path }) => {
  const text = asString(value, path);
  return ({ options }) => jsonString(options.pseudonym(text));
};

const text: FieldReader = (value, place, slots) => slots.text(asString(value, place.path), place);

/** Token ids with their bias. No vocabulary has ten million entries, and a longer number may be anything. */
const logitBias: FieldReader = (value, { path }) => {
  const members = asObject(value, path).entries.map(({ key, value: bias }) => {
    if (!/^[0-9]{1,7}$/.test(key.value)) throw invalid(path, "must have token ids as keys");
    return [key.value, { type: "number", raw: asNumber(bias, path) }] as const;
  });
  return () => jsonObject(members);
};

const streamOptions: FieldReader = (value, { path }, slots) => {
  const options = asObject(value, path);
  return memberParts(
    ["include_usage", "include_obfuscation"].map((key) => {
      const member = field(options, key);
      return [key, member && boolean(member, { path: `${path}.${key}`, message: null, role: "other" }, slots)] as const;
    }),
  );
};

/** Speech of a token is heard as letters, so spoken answers are refused. */
const modalities: FieldReader = (value, { path }) => {
  const names = asArray(value, path).items.map((item) => asString(item, path));
  if (names.some((name) => name !== "text")) throw invalid(path, "may only be text: spoken answers cannot be masked");
  return () => jsonArray(names.map(jsonString));
};

const stop: FieldReader = (value, place, slots) => {
  if (value.type === "string") return slots.text(value.value, place);
  const parts = asArray(value, place.path).items.map((item, i) => text(item, { ...place, path: `stop[${i}]` }, slots));
  return (rendering) => jsonArray(parts.map((part) => part?.(rendering)).filter((part) => part !== undefined));
};

const prediction: FieldReader = (value, place, slots) => {
  const body = asObject(value, place.path);
  const content = requiredField(body, "content", place.path);
  return memberParts([
    ["type", () => jsonString("content")],
    ["content", contentValue(content, { ...place, path: `${place.path}.content` }, slots)],
  ]);
};

/** City and region of a person are identifiers (45 CFR 164.514(b)(2)(i)(B)); a country is not. */
const webSearch: FieldReader = (value, place, slots) => {
  const options = asObject(value, place.path);
  const size = field(options, "search_context_size");
  return memberParts([
    [
      "search_context_size",
      size && word("low", "medium", "high")(size, { ...place, path: `${place.path}.search_context_size` }, slots),
    ],
    ["user_location", countryPart(options)],
  ]);
};

function countryPart(options: ParsedObject): Part | undefined {
  const location = field(options, "user_location");
  const approximate = location?.type === "object" ? field(location, "approximate") : undefined;
  const country = approximate?.type === "object" ? field(approximate, "country") : undefined;
  if (country?.type !== "string" || !/^[A-Za-z]{2}$/.test(country.value)) return undefined;
  const code = jsonString(country.value);
  return () =>
    jsonObject([
      ["type", jsonString("approximate")],
      ["approximate", jsonObject([["country", code]])],
    ]);
}

/** OpenAI's bounds; longer values, as tokens may make them, are refused there. */
const METADATA_KEY_LENGTH = 64;
const METADATA_VALUE_LENGTH = 512;

/** `metadata` of OpenAI's form: names with string values. What another form holds, or does not fit, stays here. */
const metadata: FieldReader = (value, place, slots) => {
  if (value.type !== "object") return undefined;
  const entries = (effectiveEntries(value) as ParsedObject["entries"]).flatMap((entry) =>
    entry.value.type === "string"
      ? [
          {
            key: slots.key(entry.key.value, place),
            value: slots.text(entry.value.value, { ...place, keys: [entry.key.value] }),
          },
        ]
      : [],
  );
  return (rendering) =>
    jsonObject(
      entries.flatMap(({ key, value: part }) => {
        const name = key(rendering)?.value ?? "";
        const rendered = part(rendering);
        const fits = name.length <= METADATA_KEY_LENGTH && (rendered?.value.length ?? 0) <= METADATA_VALUE_LENGTH;
        return fits ? [[name, rendered] as const] : [];
      }),
    );
};

/** Every field besides messages, tools, answer format and model that may leave, and how it is read. The rest is dropped. */
export const FIELDS: Readonly<Record<string, FieldReader>> = {
  frequency_penalty: number,
  logit_bias: logitBias,
  logprobs: boolean,
  max_completion_tokens: number,
  max_tokens: number,
  metadata,
  modalities,
  moderation: dataPart,
  n: number,
  parallel_tool_calls: boolean,
  prediction,
  presence_penalty: number,
  prompt_cache_key: pseudonym,
  prompt_cache_options: dataPart,
  prompt_cache_retention: word("in_memory", "in-memory", "24h"),
  reasoning_effort: word("none", "minimal", "low", "medium", "high", "xhigh", "max"),
  safety_identifier: pseudonym,
  seed: number,
  service_tier: word("auto", "default", "flex", "scale", "priority", "on_demand", "performance"),
  stop,
  store: boolean,
  stream: boolean,
  stream_options: streamOptions,
  temperature: number,
  top_logprobs: number,
  top_p: number,
  user: pseudonym,
  verbosity: word("low", "medium", "high"),
  web_search_options: webSearch,
};

/** Top-level fields that a voice platform adds to the body: with them, `metadata` is the platform's own, not OpenAI's. */
const PLATFORM_FIELDS = ["assistant", "call", "chat", "customer", "elevenlabs_extra_body", "org", "phoneNumber"];

/** Reads the fields above, in the order of the body. */
export function fieldParts(body: ParsedObject, slots: SlotCollector): readonly (readonly [string, Part | undefined])[] {
  const platform = body.entries.some(({ key }) => PLATFORM_FIELDS.includes(key.value));
  return Object.entries(FIELDS).flatMap(([name, read]) => {
    const value = field(body, name);
    if (value === undefined || (name === "metadata" && platform)) return [];
    return [[name, read(value, { path: name, message: null, role: "other" }, slots)] as const];
  });
}
