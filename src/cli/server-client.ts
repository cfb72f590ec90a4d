/** Commands that ask a running server over its REST API. */
import { loadConfig } from "../config/load.ts";
import { ERROR_TABLE, type ErrorCode, type ErrorDetail, MaskerError } from "../errors.ts";
import { type CommandCall, type CommandOption, UsageError } from "./command.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { serverUrl } from "./local-accounts.ts";

export const SERVER_OPTIONS: Readonly<Record<string, CommandOption>> = {
  server: {
    value: "URL",
    summary: "server to ask (MASKER_SERVER, else the address that this machine's one listens on)",
  },
};

/** The variable that holds the API token: an argument would be seen by everybody on the machine. */
const TOKEN_VARIABLE = "MASKER_API_TOKEN";

export interface ServerClient {
  /** @throws MaskerError with the server's code and message */
  send(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Bytes of an answer that is no JSON for programs, such as a report. @throws as `send` */
  download(path: string): Promise<Uint8Array>;
  /** The values of an event stream, until it ends or `signal` aborts. */
  follow(path: string, signal: AbortSignal): AsyncGenerator<unknown>;
}

/** Runs a command against a server; one that cannot be reached is an exit code of its own. */
export async function withServer(
  call: CommandCall,
  work: (server: ServerClient) => Promise<ExitCode>,
): Promise<ExitCode> {
  const base = baseUrl(call);
  const token = call.io.env[TOKEN_VARIABLE]?.trim();
  if (!token) {
    throw new MaskerError("unauthenticated", {
      message: `Set ${TOKEN_VARIABLE} to an API token. \`masker tokens create\` makes one on the server's machine.`,
    });
  }
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(`${base}/api/v1${path}`, { ...init, headers }).catch((cause) => {
      throw new Unreachable(cause);
    });
    if (!response.ok) throw await errorOf(response);
    return response;
  };
  try {
    return await work({
      send: async (method, path, body) => {
        const response = await ask(path, body === undefined ? { method } : { method, body: JSON.stringify(body) });
        const text = await response.text();
        return text === "" ? null : JSON.parse(text);
      },
      download: async (path) => new Uint8Array(await (await ask(path, { method: "GET" })).arrayBuffer()),
      async *follow(path, signal) {
        const response = await ask(path, { signal });
        yield* eventsOf(response);
      },
    });
  } catch (thrown) {
    if (!(thrown instanceof Unreachable)) throw thrown;
    await call.io.err(`masker: cannot reach ${base}\n`);
    return EXIT.serverUnreachable;
  }
}

class Unreachable extends Error {
  constructor(cause: unknown) {
    super("unreachable", { cause });
  }
}

function baseUrl({ options, io }: CommandCall): string {
  const given = options.get("server") ?? io.env.MASKER_SERVER;
  if (given === undefined) {
    const configFile = options.get("config");
    return serverUrl(loadConfig(io.env, { throwawayKeys: true, ...(configFile ? { configFile } : {}) }));
  }
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new UsageError("--server takes an http or https URL");
  }
  return given.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
}

async function errorOf(response: Response): Promise<MaskerError> {
  const body = (await response.json().catch(() => null)) as {
    readonly error?: { readonly code?: string; readonly message?: string; readonly details?: readonly ErrorDetail[] };
  } | null;
  const { code, message, details } = body?.error ?? {};
  if (code === undefined || !Object.hasOwn(ERROR_TABLE, code)) {
    return new MaskerError("internal_error", { message: `The server answered with status ${response.status}.` });
  }
  return new MaskerError(code as ErrorCode, { ...(message ? { message } : {}), ...(details ? { details } : {}) });
}

/** The JSON of each `data:` line of server-sent events; comments are keep-alives. */
async function* eventsOf(response: Response): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice("data: ".length));
  }
}

/** `?a=1&b=2` of the options that are given, under the API's names. */
export function queryOf(options: ReadonlyMap<string, string>, names: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  for (const [option, field] of Object.entries(names)) {
    const value = options.get(option);
    if (value !== undefined) query.set(field, value);
  }
  return query.size > 0 ? `?${query}` : "";
}

/** The one operand of a command. @throws UsageError */
export function requireOperand({ operands }: CommandCall, what: string): string {
  if (operands.length !== 1 || !operands[0]) throw new UsageError(`takes one ${what}`);
  return operands[0];
}
