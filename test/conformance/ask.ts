/** One turn, said so that every client can ask it and every answer can be compared. */
export interface Ask {
  /** Names the script that the provider follows (upstream.ts). */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly n?: number;
  readonly tools?: readonly Tool[];
  /** A JSON schema for the answer. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Asks a stream for its usage chunk. */
  readonly usage?: boolean;
  /** How often the client may ask again. */
  readonly retries: number;
  /** The client leaves at the first text. */
  readonly leave?: boolean;
}

export type Message =
  | { readonly role: "system" | "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: null; readonly tool_calls: readonly ToolCall[] }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface Tool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  };
}

/** What the program behind the client gets. */
export interface Heard {
  readonly choices: readonly HeardChoice[];
  readonly usage: { readonly input: number; readonly output: number } | null;
  readonly error: HeardError | null;
  /** Epoch ms of the client's leaving, when it left. */
  readonly leftAt: number | null;
}

export interface HeardChoice {
  readonly text: string;
  /** Arguments as JSON without regard to spaces: some clients give them parsed. */
  readonly calls: readonly { readonly name: string; readonly args: string }[];
  readonly reason: string | null;
}

export interface HeardError {
  readonly status: number | null;
  /** Everything that the client says about it. */
  readonly message: string;
}

export interface Client {
  readonly name: string;
  readonly version: string;
  /** Cases that the client has no way to ask for, with the reason. */
  readonly lacks: Readonly<Record<string, string>>;
  ask(baseURL: string, ask: Ask): Promise<Heard>;
  close(): Promise<void>;
}

/** Collects an answer of which pieces arrive; what arrived before a failure counts. */
export class Listening {
  readonly #choices = new Map<
    number,
    { text: string; calls: { name: string; args: string }[]; reason: string | null }
  >();
  #usage: Heard["usage"] = null;
  #error: HeardError | null = null;
  #leftAt: number | null = null;

  text(text: string, choice = 0): void {
    this.#at(choice).text += text;
  }

  /** A piece of a call. */
  call(
    index: number,
    piece: { readonly name?: string | undefined; readonly args?: string | undefined },
    choice = 0,
  ): void {
    const { calls } = this.#at(choice);
    calls[index] ??= { name: "", args: "" };
    calls[index].name += piece.name ?? "";
    calls[index].args += piece.args ?? "";
  }

  reason(reason: string | null | undefined, choice = 0): void {
    if (reason) this.#at(choice).reason = reason;
  }

  usage(input: number | undefined, output: number | undefined): void {
    if (input !== undefined && output !== undefined) this.#usage = { input, output };
  }

  left(): void {
    this.#leftAt ??= Date.now();
  }

  /** An error after the client left is its own doing. */
  failed(error: unknown): void {
    if (this.#leftAt === null) this.#error = errorOf(error);
  }

  get heard(): Heard {
    const choices = [...this.#choices.entries()]
      .sort(([a], [b]) => a - b)
      .map(([, choice]) => ({ ...choice, calls: choice.calls.filter((call) => call !== undefined) }));
    return plainCalls({ choices, usage: this.#usage, error: this.#error, leftAt: this.#leftAt });
  }

  #at(choice: number) {
    const known = this.#choices.get(choice) ?? { text: "", calls: [], reason: null };
    this.#choices.set(choice, known);
    return known;
  }
}

/** The same with the arguments of calls as compact JSON. */
export function plainCalls(heard: Heard): Heard {
  const choices = heard.choices.map((choice) => ({
    ...choice,
    calls: choice.calls.map((call) => ({ ...call, args: plain(call.args) })),
  }));
  return { ...heard, choices };
}

function plain(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return json;
  }
}

/** The status and every word of an error, those of the errors inside it included. */
function errorOf(error: unknown): HeardError {
  const words: string[] = [];
  let status: number | null = null;
  const read = (value: unknown, depth: number): void => {
    if (depth > 4 || value === null || value === undefined) return;
    if (typeof value !== "object") {
      words.push(String(value));
      return;
    }
    if (value instanceof Error) words.push(value.message);
    const record = value as Record<string, unknown>;
    for (const key of ["status", "statusCode"]) if (typeof record[key] === "number") status ??= record[key];
    for (const key of ["error", "cause", "lastError", "responseBody", "data", "code", "type", "message"])
      read(record[key], depth + 1);
  };
  read(error, 0);
  return { status, message: words.join(" | ") };
}
