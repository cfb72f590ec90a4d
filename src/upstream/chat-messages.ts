/** `messages` of a chat-completions request (protocols 4.1): every field that carries text, by allow-list. */
import type { Role } from "../detect/detector.ts";
import type { ParsedJson, ParsedObject } from "../json/parse.ts";
import { JSON_NULL, type JsonValue, jsonArray, jsonObject, jsonString, writeJson } from "../json/value.ts";
import { asArray, asObject, asString, field, invalid, requiredField } from "./shape.ts";
import type { Part, Rendering, SlotCollector, SlotPlace } from "./slots.ts";

const ROLES: Readonly<Record<string, Role>> = {
  system: "system",
  developer: "developer",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "function",
};

/** What the model reads where a part was that cannot be masked as text. */
const MEDIA_NOTES: Readonly<Record<string, string>> = {
  image_url: "[An image was removed here for privacy.]",
  input_audio: "[An audio recording was removed here for privacy.]",
  file: "[A file was removed here for privacy.]",
};

/** Ids that a provider made: random, so there is nothing to read in them. */
const PROVIDER_CALL_ID = /^(?:call|toolu|fc|tooluse|chatcmpl-tool)[_-](?!.*[0-9]{7})[A-Za-z0-9]{16,}$/;

/** Reads one message. */
export function messagePart(value: ParsedJson, index: number, slots: SlotCollector): Part {
  const path = `messages[${index}]`;
  const message = asObject(value, path);
  const roleName = asString(requiredField(message, "role", path), `${path}.role`);
  const role = Object.hasOwn(ROLES, roleName) ? ROLES[roleName] : undefined;
  if (role === undefined) throw invalid(`${path}.role`, "is not a known role");
  const place: SlotPlace = { path, message: index, role };
  const members: [string, Part | undefined][] = [
    ["role", () => jsonString(roleName)],
    ["content", contentPart(message, place, slots)],
    ["refusal", textMember(message, "refusal", place, slots)],
    ["reasoning_content", textMember(message, "reasoning_content", place, slots)],
    ["reasoning", textMember(message, "reasoning", place, slots)],
    ["name", namePart(message, place, slots)],
    ["audio", audioPart(message, place)],
    ["tool_call_id", callIdPart(message, "tool_call_id", place, slots)],
    ["tool_calls", toolCallsPart(message, place, slots)],
    ["function_call", functionCallPart(message, place, slots)],
  ];
  return memberParts(members);
}

/** An object of the members whose part gives a value. */
export function memberParts(members: readonly (readonly [string, Part | undefined])[]): Part {
  return (rendering) => jsonObject(members.map(([key, part]) => [key, part?.(rendering)] as const));
}

/** A member that is a string when it is there. */
export function textMember(
  object: ParsedObject,
  key: string,
  place: SlotPlace,
  slots: SlotCollector,
): Part | undefined {
  const value = field(object, key);
  const path = `${place.path}.${key}`;
  return value && slots.text(asString(value, path), { ...place, path });
}

/** `content`: a string, a list of parts, or null, which assistants with tool calls send. */
function contentPart(message: ParsedObject, place: SlotPlace, slots: SlotCollector): Part | undefined {
  const value = field(message, "content");
  if (value === undefined) return message.entries.some((e) => e.key.value === "content") ? () => JSON_NULL : undefined;
  return contentValue(value, { ...place, path: `${place.path}.content` }, slots);
}

/** A string or a list of content parts, as messages and predictions have it. */
export function contentValue(value: ParsedJson, place: SlotPlace, slots: SlotCollector): Part {
  if (value.type === "string") return slots.text(value.value, place);
  if (value.type !== "array") throw invalid(place.path, "must be a string or a list of parts");
  const parts = value.items.map((item, i) => contentPartPart(item, { ...place, path: `${place.path}[${i}]` }, slots));
  return (rendering) => jsonArray(present(parts, rendering));
}

function contentPartPart(value: ParsedJson, place: SlotPlace, slots: SlotCollector): Part {
  const part = asObject(value, place.path);
  const type = asString(requiredField(part, "type", place.path), `${place.path}.type`);
  if (type === "text" || type === "refusal") {
    const path = `${place.path}.${type}`;
    const text = slots.text(asString(requiredField(part, type, place.path), path), { ...place, path });
    return memberParts([
      ["type", () => jsonString(type)],
      [type, text],
    ]);
  }
  const note = Object.hasOwn(MEDIA_NOTES, type) ? MEDIA_NOTES[type] : undefined;
  if (note === undefined || place.message === null) throw invalid(`${place.path}.type`, "is not a known content part");
  slots.media.push({ path: place.path, message: place.message });
  return () =>
    jsonObject([
      ["type", jsonString("text")],
      ["text", jsonString(note)],
    ]);
}

/** `name`: of a participant, always an alias; of the function that a function message answers. */
function namePart(message: ParsedObject, place: SlotPlace, slots: SlotCollector): Part | undefined {
  const value = field(message, "name");
  if (value === undefined) return undefined;
  const path = `${place.path}.name`;
  const name = asString(value, path);
  if (place.role === "function" || place.role === "tool") return slots.name("function", name, { ...place, path });
  const alias = slots.name("participant", name, { ...place, path, keys: ["name"] });
  return (rendering) => {
    // Whatever detection thinks of it: a participant's name is a person's name.
    rendering.aliases.hide("participant", name);
    return alias(rendering);
  };
}

/** `audio.id` names an earlier spoken answer; only the provider's own form is passed on. */
function audioPart(message: ParsedObject, place: SlotPlace): Part | undefined {
  const value = field(message, "audio");
  if (value === undefined) return undefined;
  const path = `${place.path}.audio`;
  const id = asString(requiredField(asObject(value, path), "id", path), `${path}.id`);
  if (!/^audio_(?!.*[0-9]{7})[A-Za-z0-9]{16,}$/.test(id)) return undefined;
  return () => jsonObject([["id", jsonString(id)]]);
}

function callIdPart(object: ParsedObject, key: string, place: SlotPlace, slots: SlotCollector): Part | undefined {
  const value = field(object, key);
  if (value === undefined) return undefined;
  const path = `${place.path}.${key}`;
  const id = asString(value, path);
  if (PROVIDER_CALL_ID.test(id)) return () => jsonString(id);
  return slots.name("call", id, { ...place, path });
}

function toolCallsPart(message: ParsedObject, place: SlotPlace, slots: SlotCollector): Part | undefined {
  const value = field(message, "tool_calls");
  if (value === undefined) return undefined;
  const path = `${place.path}.tool_calls`;
  const calls = asArray(value, path).items.map((item, i) =>
    toolCallPart(item, { ...place, path: `${path}[${i}]` }, slots),
  );
  return (rendering) => jsonArray(present(calls, rendering));
}

function toolCallPart(value: ParsedJson, place: SlotPlace, slots: SlotCollector): Part {
  const call = asObject(value, place.path);
  const typeValue = field(call, "type");
  const type = typeValue === undefined ? "function" : asString(typeValue, `${place.path}.type`);
  const id = callIdPart(call, "id", place, slots);
  if (type !== "function" && type !== "custom") throw invalid(`${place.path}.type`, "is not a known tool call");
  const path = `${place.path}.${type}`;
  const body = asObject(requiredField(call, type, place.path), path);
  const nameValue = asString(requiredField(body, "name", path), `${path}.name`);
  const name = slots.name("function", nameValue, { ...place, path: `${path}.name` });
  const input: readonly [string, Part | undefined] =
    type === "function"
      ? ["arguments", argumentsPart(body, place, slots)]
      : ["input", textMember(body, "input", place, slots)];
  return memberParts([
    ["id", id],
    ["type", () => jsonString(type)],
    [type, memberParts([["name", name], input])],
  ]);
}

function functionCallPart(message: ParsedObject, place: SlotPlace, slots: SlotCollector): Part | undefined {
  const value = field(message, "function_call");
  if (value === undefined) return undefined;
  const path = `${place.path}.function_call`;
  const call = asObject(value, path);
  const name = asString(requiredField(call, "name", path), `${path}.name`);
  return memberParts([
    ["name", slots.name("function", name, { ...place, path: `${path}.name` })],
    ["arguments", argumentsPart(call, { ...place, path }, slots)],
  ]);
}

/** JSON text; some clients send the object itself. */
function argumentsPart(body: ParsedObject, place: SlotPlace, slots: SlotCollector): Part | undefined {
  const value = field(body, "arguments");
  if (value === undefined) return undefined;
  const path = `${place.path}.arguments`;
  const text = value.type === "object" ? writeJson(value) : asString(value, path);
  return slots.text(text, { ...place, path });
}

function present(parts: readonly Part[], rendering: Rendering): JsonValue[] {
  return parts.map((part) => part(rendering)).filter((value) => value !== undefined);
}
