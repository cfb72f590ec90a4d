import { useMemo } from "react";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Panel } from "../parts/panel.tsx";
import { ScrollRegion } from "../parts/scroll-region.tsx";
import type { CutTurn, EventLinks } from "./event-links.ts";
import { TurnView } from "./pieces.tsx";

/** How many highlights a panel draws before it asks. */
export const FIRST_HIGHLIGHTS = 300;

export type View = "values" | "masked" | "json";

interface ConversationProps {
  readonly title: string;
  readonly turns: readonly CutTurn[];
  readonly payload: string | null;
  readonly links: EventLinks;
  readonly view: View;
  /** Highlights to draw; all panels draw as many. */
  readonly shown: number;
  readonly onMore: () => void;
  /** Why there is nothing. */
  readonly absent: string;
  /** Holds real values, which never left the building. */
  readonly inside?: boolean;
}

export function Conversation(props: ConversationProps) {
  const { title, turns, payload, links, view, shown, onMore, absent, inside = false } = props;
  const { kept, left } = useMemo(() => firstHighlights(turns, shown), [turns, shown]);
  return (
    <Panel
      title={title}
      actions={<Badge tone={inside ? "accent" : "plain"}>{inside ? "stays inside" : "crosses the wall"}</Badge>}
    >
      <ScrollRegion label={title} className="relative max-h-[32rem] -m-1 space-y-4 overflow-y-auto p-1">
        {payload === null && <p className="text-sm text-muted">{absent}</p>}
        {payload !== null && view === "json" && (
          <pre className="font-mono text-xs leading-relaxed break-words whitespace-pre-wrap">{laidOut(payload)}</pre>
        )}
        {payload !== null && view !== "json" && turns.length === 0 && <p className="text-sm text-muted">No text.</p>}
        {view !== "json" &&
          kept.map((turn, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: turns keep their order
            <TurnView key={at} turn={turn} links={links} masked={view === "masked"} />
          ))}
        {view !== "json" && left > 0 && (
          <Button onClick={onMore}>Show more ({left.toLocaleString()} identifiers left)</Button>
        )}
      </ScrollRegion>
    </Panel>
  );
}

/** The turns up to a number of highlights, and how many are left. */
function firstHighlights(turns: readonly CutTurn[], most: number): { kept: readonly CutTurn[]; left: number } {
  let count = 0;
  const kept: CutTurn[] = [];
  for (const turn of turns) {
    if (count >= most) {
      count += turn.parts.flatMap((part) => part.pieces).filter((piece) => piece.token !== null).length;
      continue;
    }
    const parts = turn.parts.map((part) => ({
      ...part,
      pieces: part.pieces.filter((piece) => (piece.token === null ? count < most : ++count <= most)),
    }));
    kept.push({ ...turn, parts });
  }
  return { kept, left: Math.max(count - most, 0) };
}

function laidOut(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
