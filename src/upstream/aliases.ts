/** What a name is of: aliases of one family share a form that every provider accepts in that place. */
export type NameFamily = "function" | "participant" | "schema" | "call";

const FORMS: Readonly<Record<NameFamily, (n: number) => string>> = {
  function: (n) => `function_${n}`,
  participant: (n) => `participant_${n}`,
  schema: (n) => `schema_${n}`,
  // Nine letters and digits: the one form of a call id that every compatible provider takes.
  call: (n) => `call${String(n).padStart(5, "0")}`,
};

/**
 * Stand-ins for names that cannot hold a token: OpenAI allows [A-Za-z0-9_-]{1,64}, and tokens have dots. Numbered by
 * first use, so that the same history gives the same bytes and prompt caches hit.
 */
export class Aliases {
  readonly #taken: ReadonlySet<string>;
  readonly #order = new Map<string, number>();
  readonly #aliases = new Map<string, string>();
  readonly #originals = new Map<string, string>();

  /** `uses`: every use of a name in the request, in order. */
  constructor(uses: readonly { readonly family: NameFamily; readonly name: string }[]) {
    this.#taken = new Set(uses.map((use) => use.name));
    const count = new Map<NameFamily, number>();
    for (const { family, name } of uses) {
      const id = `${family} ${name}`;
      if (this.#order.has(id)) continue;
      count.set(family, (count.get(family) ?? 0) + 1);
      this.#order.set(id, count.get(family) as number);
    }
  }

  /** From now on the name is written as its alias. */
  hide(family: NameFamily, name: string): void {
    const id = `${family} ${name}`;
    if (this.#aliases.has(id)) return;
    let n = this.#order.get(id) ?? this.#order.size + 1;
    while (this.#taken.has(FORMS[family](n)) || this.#originals.has(`${family} ${FORMS[family](n)}`)) n += 1000;
    this.#aliases.set(id, FORMS[family](n));
    this.#originals.set(`${family} ${FORMS[family](n)}`, name);
  }

  /** The name as it may leave. */
  of(family: NameFamily, name: string): string {
    return this.#aliases.get(`${family} ${name}`) ?? name;
  }

  /** The name that an alias of an answer stands for; a name that is no alias is itself. */
  original(family: NameFamily, alias: string): string {
    return this.#originals.get(`${family} ${alias}`) ?? alias;
  }
}
