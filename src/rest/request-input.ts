import { MaskerError } from "../errors.ts";
import type { Endpoint, JsonSchema } from "./endpoint.ts";

/** Deeper JSON is refused: serialising it again would exhaust the stack. */
const MAX_DEPTH = 64;

/** What a procedure is called with: path parameters, and the query (GET, DELETE) or the JSON body. */
export async function readInput(
  endpoint: Endpoint,
  request: Request,
  parameters: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<Record<string, unknown> | undefined> {
  if (endpoint.input === null) return undefined;
  const rest =
    endpoint.rest.method === "GET" ? readQuery(endpoint.input, request.url) : await readBody(request, maxBytes);
  for (const name of endpoint.pathParameters) {
    if (Object.hasOwn(rest, name)) {
      throw new MaskerError("validation_failed", { details: [{ path: name, message: "belongs in the path only" }] });
    }
  }
  return { ...rest, ...parameters };
}

/**
 * Query parameters, each turned into what its schema asks for. What cannot be turned stays text, and the schema refuses it;
 * a parameter that is given twice becomes a list, which no schema here takes.
 */
function readQuery(schema: JsonSchema, url: string): Record<string, unknown> {
  const query = new URL(url).searchParams;
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const input: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    // A parameter that no schema names is left alone, as unknown ones are everywhere on the web.
    if (!Object.hasOwn(properties, name)) continue;
    const values = query.getAll(name).map((text) => coerce(text, properties[name] as JsonSchema));
    input[name] = values.length === 1 ? values[0] : values;
  }
  return input;
}

function coerce(text: string, schema: JsonSchema): unknown {
  if ((schema.type === "integer" || schema.type === "number") && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) {
    return Number(text);
  }
  if (schema.type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

async function readBody(request: Request, maxBytes: number): Promise<Record<string, unknown>> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) return {};
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) {
    throw invalidBody("The body must be sent as application/json.");
  }
  const body = parseJson(bytes);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalidBody("The body must be a JSON object.");
  return body as Record<string, unknown>;
}

/**
 * The bytes of a body.
 * @throws MaskerError payload_too_large as soon as more than `maxBytes` have come
 */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw new MaskerError("payload_too_large");
  if (!request.body) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw new MaskerError("payload_too_large");
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidBody("The body is not valid UTF-8.");
  }
  if (depthOf(text) > MAX_DEPTH) throw invalidBody("The body is nested too deeply.");
  try {
    return JSON.parse(text);
  } catch {
    throw invalidBody("The body is not valid JSON.");
  }
}

/** Greatest nesting of brackets outside strings; read before parsing, which recurses. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === "\\") i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === "[" || c === "{") deepest = Math.max(deepest, ++depth);
    else if (c === "]" || c === "}") depth--;
  }
  return deepest;
}

function invalidBody(message: string): MaskerError {
  return new MaskerError("validation_failed", { message });
}
