/** The OpenAPI 3.1 document, made from the same metadata and schemas as the routes. */
import { ERROR_TABLE } from "../errors.ts";
import type { Endpoint, JsonSchema } from "./endpoint.ts";

export interface OpenApiOptions {
  readonly version: string;
  /** `https://host/api/v1`. */
  readonly serverUrl: string;
}

export function openApiDocument(endpoints: readonly Endpoint[], options: OpenApiOptions): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.rest.path] ??= {};
    (paths[endpoint.rest.path] as Record<string, JsonSchema>)[endpoint.rest.method.toLowerCase()] = operation(endpoint);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Masker",
      version: options.version,
      description: "The API of a Masker installation. The portal uses the same procedures.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: options.serverUrl }],
    tags: [...new Set(endpoints.map(tagOf))].sort().map((name) => ({ name })),
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "masker_session" },
        token: { type: "http", scheme: "bearer", description: "An API token, `msk_...`." },
      },
      schemas: { Error: errorSchema },
      responses: {
        Error: { description: "The error envelope.", content: json({ $ref: "#/components/schemas/Error" }) },
      },
    },
  };
}

const errorSchema: JsonSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "request_id"],
      properties: {
        code: { type: "string", description: `One of ${Object.keys(ERROR_TABLE).join(", ")}; more may be added.` },
        message: { type: "string" },
        request_id: { type: "string" },
        details: {
          type: "array",
          items: {
            type: "object",
            required: ["path", "message"],
            properties: {
              path: { type: "string" },
              message: { type: "string" },
              code: { type: "string" },
              line: { type: "integer" },
            },
          },
        },
      },
    },
  },
};

function operation(endpoint: Endpoint): JsonSchema {
  const { rest, input } = endpoint;
  const properties = (input?.properties ?? {}) as Record<string, JsonSchema>;
  const required = new Set((input?.required ?? []) as string[]);
  const others = Object.keys(properties).filter((name) => !endpoint.pathParameters.includes(name));
  const parameters = [
    ...endpoint.pathParameters.map((name) => ({
      name,
      in: "path",
      required: true,
      schema: properties[name] ?? { type: "string" },
    })),
    ...(rest.method === "GET"
      ? others.map((name) => ({ name, in: "query", required: required.has(name), schema: properties[name] }))
      : []),
  ];
  const body =
    rest.method === "GET" || others.length === 0 || input === null ? null : bodySchema(endpoint, input, others);
  return {
    operationId: endpoint.name.replaceAll(".", "_"),
    summary: rest.summary,
    tags: [tagOf(endpoint)],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: (body.required as string[]).length > 0, content: json(body) } } : {}),
    responses: responsesOf(endpoint),
    ...(rest.access === "public" ? { security: [] } : {}),
    "x-masker-access": rest.access,
  };
}

function bodySchema(endpoint: Endpoint, input: JsonSchema, names: readonly string[]): JsonSchema {
  const properties = input.properties as Record<string, JsonSchema>;
  const required = ((input.required ?? []) as string[]).filter((name) => !endpoint.pathParameters.includes(name));
  return {
    ...input,
    properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
    required,
  };
}

function responsesOf(endpoint: Endpoint): JsonSchema {
  const status = endpoint.rest.status ?? 200;
  return { [status]: successOf(endpoint, status), default: { $ref: "#/components/responses/Error" } };
}

function successOf(endpoint: Endpoint, status: number): JsonSchema {
  if (status === 204) return { description: "Done." };
  if (status === 302) return { description: "Redirect.", headers: { Location: { schema: { type: "string" } } } };
  if (endpoint.type === "subscription") {
    return { description: "Server-sent events.", content: { "text/event-stream": { schema: { type: "string" } } } };
  }
  // Over REST a file is its own body; the fields around it are for tRPC, which knows JSON only.
  const file = { [endpoint.rest.binary ?? ""]: { schema: { type: "string", format: "binary" } } };
  const content = endpoint.rest.binary ? { ...json({ type: "object" }), ...file } : json(endpoint.output ?? {});
  return { description: "Success.", content };
}

function json(schema: JsonSchema): JsonSchema {
  return { "application/json": { schema } };
}

/** The noun: the first step of the procedure's name. */
export function tagOf(endpoint: Endpoint): string {
  return endpoint.name.split(".")[0] as string;
}
