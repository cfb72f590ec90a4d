import type { AnyTRPCProcedure, AnyTRPCRouter } from "@trpc/server";
import { z } from "zod";
import type { ApiMeta, RestMeta } from "../api/trpc.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One procedure with its REST form. */
export interface Endpoint {
  /** Dotted path in the router: `agents.list`. */
  readonly name: string;
  readonly type: "query" | "mutation" | "subscription";
  readonly rest: RestMeta;
  /** Of the input as a caller writes it, and of the output; null where there is none. */
  readonly input: JsonSchema | null;
  readonly output: JsonSchema | null;
  /** Names of the parameters in the path, in order. */
  readonly pathParameters: readonly string[];
}

/**
 * Every procedure of a router as an endpoint, static paths before parameters so that `/sessions/stream` is not read as a
 * session's id.
 * @throws Error when a procedure has no REST metadata: that is a mistake of ours, found at start.
 */
export function endpointsOf(router: AnyTRPCRouter): readonly Endpoint[] {
  const procedures = Object.entries(router._def.procedures as Record<string, AnyTRPCProcedure>);
  return procedures.map(([name, procedure]) => endpointOf(name, procedure)).sort(comparePaths);
}

function endpointOf(name: string, procedure: AnyTRPCProcedure): Endpoint {
  const { meta, inputs, output, type } = procedure._def as unknown as {
    meta?: ApiMeta;
    inputs: readonly z.ZodType[];
    output?: z.ZodType;
    type: Endpoint["type"];
  };
  if (!meta?.rest) throw new Error(`procedure ${name} has no REST metadata`);
  if (inputs.length > 1) throw new Error(`procedure ${name} has more than one input schema`);
  return {
    name,
    type,
    rest: meta.rest,
    input: inputs[0] ? toJsonSchema(inputs[0], "input") : null,
    output: output ? toJsonSchema(output, "output") : null,
    pathParameters: [...meta.rest.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string),
  };
}

function toJsonSchema(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // The bounds of exact integers go without saying, and would stand beside every count.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return rest;
}

function comparePaths(a: Endpoint, b: Endpoint): number {
  const key = (endpoint: Endpoint) => endpoint.rest.path.replaceAll("{", "\u{10ffff}");
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}
