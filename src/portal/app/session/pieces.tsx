import { memo } from "react";
import { KINDS } from "../../../detect/kind.ts";
import { Highlight } from "../parts/kind.tsx";
import type { Piece } from "./align.ts";
import type { CutTurn, EventLinks } from "./event-links.ts";

interface TurnViewProps {
  readonly turn: CutTurn;
  readonly links: EventLinks;
  /** Shows the token in place of the value. */
  readonly masked: boolean;
}

/** One turn; which identifier is looked at is not its matter (token-focus.ts), so that it is drawn once. */
export const TurnView = memo(function TurnView({ turn, links, masked }: TurnViewProps) {
  return (
    <div className="text-sm leading-relaxed">
      <p className="text-xs font-medium text-muted">{turn.role}</p>
      {turn.parts.map(({ slot, label, json, pieces }) => (
        <div key={slot} className={label === null && !json ? "" : "mt-1 rounded-md bg-sunken px-2.5 py-1.5"}>
          {label !== null && <p className="text-xs text-muted">{label}</p>}
          {pieces.length > 0 && (
            <p className={`break-words whitespace-pre-wrap ${json ? "font-mono text-xs" : ""}`}>
              {pieces.map((piece) => (
                <PieceView key={piece.at} piece={piece} links={links} masked={masked} />
              ))}
            </p>
          )}
        </div>
      ))}
    </div>
  );
});

function PieceView({
  piece,
  links,
  masked,
}: {
  readonly piece: Piece;
  readonly links: EventLinks;
  readonly masked: boolean;
}) {
  const text = masked ? piece.masked : piece.text;
  if (piece.token === null || piece.kind === null) return text;
  const repeated = !links.events.has(piece.token);
  const label = KINDS[piece.kind].label;
  return (
    <button
      type="button"
      data-token={piece.token}
      className="inline cursor-pointer break-words whitespace-pre-wrap rounded text-left data-focused:outline-2 data-focused:outline-accent"
    >
      <Highlight
        kind={piece.kind}
        repeated={repeated}
        title={repeated ? `${label}, known from before in this call: it kept its token, and has no event here` : label}
      >
        {shortToken(text)}
      </Highlight>
      <span className="sr-only"> ({label})</span>
    </button>
  );
}

/** A token is 50 characters that nobody reads: its scheme, kind and first letters tell it from the others. */
function shortToken(text: string): string {
  const match = /^(MSKV1|MSK1)\.([A-Z_]+)\.[A-Z0-9_]+\.([A-Z2-7]{6})[A-Z2-7]+$/.exec(text);
  return match ? `${match[1]}.${match[2]}.${match[3]}…` : text;
}
