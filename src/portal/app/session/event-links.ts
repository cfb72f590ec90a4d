import { isKind } from "../../../detect/kind.ts";
import { cutAtTokens, cutLikeMasked, type Piece, plain } from "./align.ts";
import { isJson, prettyPieces } from "./pretty-json.ts";
import type { Session } from "./session.ts";
import type { Turn } from "./transcript.ts";

type Event = Session["events"][number];

/** A turn cut into pieces, ready to be shown. */
export interface CutTurn {
  readonly role: string;
  readonly parts: readonly {
    readonly slot: string;
    readonly label: string | null;
    readonly json: boolean;
    readonly pieces: readonly Piece[];
  }[];
}

/** Which event belongs to which highlight. */
export interface EventLinks {
  /** Token by event id. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Event id by token: of the first time in this session. */
  readonly events: ReadonlyMap<string, string>;
}

/** The turns at the masked side. */
export function cutMasked(turns: readonly Turn[]): readonly CutTurn[] {
  return turns.map(({ role, parts }) => ({
    role,
    parts: parts.map(({ slot, label, text }) => shown(slot, label, text, cutAtTokens(text, slot))),
  }));
}

/** The turns at the side of the caller, cut where the masked ones have tokens. */
export function cutOriginal(
  turns: readonly Turn[],
  masked: readonly Turn[],
  events: readonly Event[] = [],
): readonly CutTurn[] {
  const bySlot = Map.groupBy(events, (event) => event.slot);
  return turns.map(({ role, parts }, turn) => ({
    role,
    parts: parts.map(({ slot, label, text }, at) => {
      const here = bySlot.get(slot) ?? [];
      const ends = new Map(here.map((event) => [event.span[0], event.span[1]]));
      const like = masked[turn]?.parts[at]?.text;
      const pieces =
        like === undefined ? null : cutLikeMasked(text, like, { slot, knownEnd: (start) => ends.get(start) });
      return shown(slot, label, text, pieces ?? cutAtEvents(text, here));
    }),
  }));
}

/** Links events with the highlights of what was said, by the place of both. */
export function linkEvents(said: readonly CutTurn[], events: readonly Event[]): EventLinks {
  const places = new Map<string, string>();
  for (const { slot, pieces } of said.flatMap((turn) => turn.parts)) {
    for (const { token, at } of pieces) if (token !== null) places.set(`${slot}@${at}`, token);
  }
  const tokens = new Map<string, string>();
  const ids = new Map<string, string>();
  for (const { event_id, slot, span } of events) {
    const token = places.get(`${slot}@${span[0]}`);
    if (token === undefined) continue;
    tokens.set(event_id, token);
    if (!ids.has(token)) ids.set(token, event_id);
  }
  return { tokens, events: ids };
}

/** For a text that was changed in other ways than by tokens: the events alone say what was found. */
function cutAtEvents(text: string, events: readonly Event[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { event_id, entity_kind, span } of events.toSorted((a, b) => a.span[0] - b.span[0])) {
    const [start, end] = span;
    if (start < at || end > text.length || end <= start || !isKind(entity_kind)) continue;
    if (start > at) pieces.push(plain(text.slice(at, start), at));
    const found = text.slice(start, end);
    pieces.push({ text: found, masked: `[${entity_kind}]`, at: start, kind: entity_kind, token: event_id });
    at = end;
  }
  if (at < text.length) pieces.push(plain(text.slice(at), at));
  return pieces;
}

function shown(slot: string, label: string | null, text: string, pieces: readonly Piece[]): CutTurn["parts"][number] {
  const json = isJson(text);
  return { slot, label, json, pieces: json ? prettyPieces(pieces) : pieces };
}
