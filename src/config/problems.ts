import { MaskerError } from "../errors.ts";

/** What is wrong with the settings, collected so that a person sees all of it at once. */
export class Problems {
  readonly #found: { readonly path: string; readonly message: string }[] = [];

  add(name: string, message: string): void {
    this.#found.push({ path: name, message });
  }

  get any(): boolean {
    return this.#found.length > 0;
  }

  /** @throws MaskerError validation_failed with one `NAME: message` a line, when there are any. */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    const lines = this.#found.map(({ path, message }) => `  ${path}: ${message}`);
    throw new MaskerError("validation_failed", {
      message: `The configuration has ${lines.length === 1 ? "a problem" : `${lines.length} problems`}:\n${lines.join("\n")}`,
      details: this.#found,
    });
  }
}
