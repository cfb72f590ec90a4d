/** digits: a number or part of one. ordinal: a number said as an order. letters: characters of a code or spelling. */
export type AtomType = "digits" | "ordinal" | "letters" | "symbol";

/** One readable piece: what is written or said from token `first` to token `last`, both included. */
export interface Atom {
  readonly type: AtomType;
  /** Digits, lower-case letters or one symbol. */
  readonly text: string;
  readonly first: number;
  readonly last: number;
  /** True when words were read, false for written characters. */
  readonly spoken: boolean;
  /** "thousand", "hundred and": said as a quantity rather than a code. */
  readonly cardinal: boolean;
}

/** Atoms by the token at which they begin or end. */
export class AtomIndex {
  readonly #atoms: readonly Atom[];
  readonly #at: Int32Array;

  constructor(atoms: readonly Atom[], tokens: number, by: "first" | "last") {
    this.#atoms = atoms;
    this.#at = new Int32Array(tokens).fill(-1);
    atoms.forEach((atom, i) => {
      this.#at[atom[by]] = i;
    });
  }

  get(token: number): Atom | undefined {
    return this.#atoms[this.#at[token] ?? -1];
  }
}
