import { KINDS } from "../../../detect/kind.ts";
import { Highlight } from "../parts/kind.tsx";
import type { Piece } from "./align.ts";
import type { Turn } from "./transcript.ts";

/** The identifier that is looked at, in every panel at once. */
export interface Focus {
  readonly token: string | null;
  readonly set: (token: string | null) => void;
}

interface TurnViewProps {
  readonly turn: Turn;
  readonly pieces: readonly Piece[];
  readonly focus: Focus;
}

export function TurnView({ turn, pieces, focus }: TurnViewProps) {
  return (
    <div className="text-sm leading-relaxed">
      <p className="text-xs font-medium text-muted">{turn.role}</p>
      <p className="break-words whitespace-pre-wrap">
        {pieces.map((piece, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text keep their order
          <PieceView key={at} piece={piece} focus={focus} />
        ))}
      </p>
    </div>
  );
}

function PieceView({ piece, focus }: { readonly piece: Piece; readonly focus: Focus }) {
  if (piece.token === null || piece.kind === null) return piece.text;
  const { token, kind } = piece;
  return (
    <button
      type="button"
      data-token={token}
      onMouseEnter={() => focus.set(token)}
      onMouseLeave={() => focus.set(null)}
      onFocus={() => focus.set(token)}
      onBlur={() => focus.set(null)}
      className={`inline break-all whitespace-pre-wrap text-left ${focus.token === token ? "rounded outline-2 outline-accent" : ""}`}
    >
      <Highlight kind={kind}>{shortToken(piece.text)}</Highlight>
      <span className="sr-only"> ({KINDS[kind].label})</span>
    </button>
  );
}

/** A token is 50 characters that nobody reads: its scheme, kind and first letters tell it from the others. */
function shortToken(text: string): string {
  const match = /^(MSKV1|MSK1)\.([A-Z_]+)\.[A-Z0-9_]+\.([A-Z2-7]{6})[A-Z2-7]+$/.exec(text);
  return match ? `${match[1]}.${match[2]}.${match[3]}…` : text;
}
