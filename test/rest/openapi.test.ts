import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appRouter } from "../../src/api/root.ts";
import { ERROR_TABLE } from "../../src/errors.ts";
import { endpointsOf } from "../../src/rest/endpoint.ts";
import { BASE_URL, makeWorld, type World } from "../api/world.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly required?: string[] } }> };
  readonly responses: Record<string, unknown>;
  readonly security?: unknown[];
}

let world: World;
let document: { openapi: string; servers: { url: string }[]; paths: Record<string, Record<string, Operation>> };

beforeAll(async () => {
  world = await makeWorld();
  document = (await world.call("GET", "/openapi.json")).json;
});
afterAll(() => world.close());

const endpoints = endpointsOf(appRouter);

describe("the OpenAPI document", () => {
  it("is valid OpenAPI 3.1", async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result).toMatchObject({ valid: true });
    expect(document.openapi).toBe("3.1.0");
    expect(document.servers).toEqual([{ url: `${BASE_URL}/api/v1` }]);
  });

  it("has every endpoint once, with its parameters, status and guard", () => {
    for (const endpoint of endpoints) {
      const operation = document.paths[endpoint.rest.path]?.[endpoint.rest.method.toLowerCase()];
      expect([endpoint.name, Object.keys(operation?.responses ?? {})]).toEqual([
        endpoint.name,
        [String(endpoint.rest.status ?? 200), "default"],
      ]);
      const inPath = (operation?.parameters ?? []).filter((parameter) => parameter.in === "path");
      expect(inPath.map(({ name, required }) => [name, required])).toEqual(
        endpoint.pathParameters.map((name) => [name, true]),
      );
      expect(operation?.security).toEqual(endpoint.rest.access === "public" ? [] : undefined);
    }
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations).toHaveLength(endpoints.length);
    expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(endpoints.length);
  });

  it("says what a body needs, path parameters left out", () => {
    const schema = document.paths["/agents"]?.post?.requestBody?.content["application/json"]?.schema;
    expect(schema?.required).toEqual(["name", "upstream"]);
    const patch = document.paths["/agents/{agent_id}"]?.patch?.requestBody?.content["application/json"]?.schema;
    expect(patch).toMatchObject({ required: [], additionalProperties: false });
    expect(JSON.stringify(patch)).not.toContain("agent_id");
    // What a schema cannot ask for, an empty body is the same as none.
    const optional = ["/agents/{agent_id}", "/users/{user_id}"].map((path) => document.paths[path]?.patch?.requestBody);
    expect(optional).toEqual([
      expect.objectContaining({ required: false }),
      expect.objectContaining({ required: false }),
    ]);
    expect(document.paths["/agents"]?.post?.requestBody).toMatchObject({ required: true });
  });

  it("has no place for what this release does not have", () => {
    expect(JSON.stringify(document)).not.toMatch(/synthe/);
  });
});

describe("the documentation page", () => {
  it("shows every endpoint and error without a script, a style attribute or anything from elsewhere", async () => {
    const response = await world.send("/docs");
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await response.text();
    for (const endpoint of endpoints) expect(html).toContain(`id="${endpoint.name}"`);
    for (const code of Object.keys(ERROR_TABLE)) expect(html).toContain(`<code>${code}</code>`);
    expect(html).not.toMatch(/<script|<style|style=|javascript:|\son\w+=/i);
    const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1] ?? "");
    expect(links.filter((link) => !link.startsWith("#") && !link.startsWith(`${BASE_URL}/api/v1/`))).toEqual([]);
    const style = await world.send("/docs/style.css");
    expect(style.headers.get("content-type")).toContain("text/css");
    expect(await style.text()).not.toMatch(/@import|url\(/);
  });

  it("needs nobody to be signed in", async () => {
    for (const path of ["/openapi.json", "/docs", "/docs/style.css"]) {
      const response = await world.send(path);
      expect([response.status, response.headers.get("x-request-id")]).toEqual([200, expect.stringMatching(/^req_/)]);
    }
  });
});
