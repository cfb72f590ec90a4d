import type { Kind } from "../../src/detect/kind.ts";

/** A marked text taken apart: `«` and `»` around each identifier. */
export interface Marked {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

export function unmark(marked: string): Marked {
  const spans: { start: number; end: number }[] = [];
  let text = "";
  let start = -1;
  for (const char of marked) {
    if (char === "«") start = text.length;
    else if (char === "»") spans.push({ start, end: text.length });
    else text += char;
  }
  return { text, spans };
}

/** Spans as readable text, for failure messages: `KIND:value`. */
export function shown(text: string, spans: readonly { start: number; end: number; kind?: Kind }[]): string[] {
  return spans.map((span) => `${span.kind === undefined ? "" : `${span.kind}:`}${text.slice(span.start, span.end)}`);
}
