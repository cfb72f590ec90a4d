import type { ReactNode } from "react";
import { KINDS, type Kind } from "../../../detect/kind.ts";

/** One hue a Safe Harbor category, in degrees; the label beside it says the same, so that colour alone carries nothing. */
const HUES: Readonly<Record<string, number>> = {
  A: 265,
  B: 145,
  C: 30,
  D: 205,
  E: 190,
  F: 225,
  G: 0,
  H: 330,
  I: 305,
  J: 45,
  K: 85,
  L: 110,
  M: 165,
  N: 215,
  O: 240,
  P: 285,
  Q: 15,
  R: 60,
};

function hue(kind: Kind): number {
  return HUES[KINDS[kind].category ?? "R"] ?? 60;
}

interface HighlightProps {
  readonly kind: Kind;
  readonly title?: string;
  /** Known from before: a dashed line instead of a solid one. */
  readonly repeated?: boolean;
  /** Takes no room of its own, so that it can lie behind the letters of an editor. */
  readonly flat?: boolean;
  readonly children: ReactNode;
}

/** Text that was found, on the colour of its kind. */
export function Highlight({ kind, title, repeated = false, flat = false, children }: HighlightProps) {
  return (
    <mark
      title={title ?? KINDS[kind].label}
      className={`rounded-sm ${flat ? "text-transparent" : "px-0.5 text-ink"}`}
      style={{
        backgroundColor: `hsl(${hue(kind)} 75% 55% / ${repeated ? 0.16 : 0.28})`,
        ...(flat ? {} : { borderBottom: `2px ${repeated ? "dashed" : "solid"} hsl(${hue(kind)} 65% 50%)` }),
      }}
    >
      {children}
    </mark>
  );
}

export function KindBadge({ kind, count }: { readonly kind: Kind; readonly count?: number }) {
  return (
    <span className="inline-flex items-center gap-1.5 rounded-md bg-sunken px-2 py-0.5 text-xs font-medium whitespace-nowrap">
      <span className="size-2 rounded-full" style={{ backgroundColor: `hsl(${hue(kind)} 65% 50%)` }} aria-hidden />
      {KINDS[kind].label}
      {count !== undefined && <span className="tabular-nums text-muted">{count.toLocaleString()}</span>}
    </span>
  );
}

/** Colour of a kind for charts. */
export function kindColor(kind: Kind): string {
  return `hsl(${hue(kind)} 60% 50%)`;
}
