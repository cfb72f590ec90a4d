import { type CutTurn, cutMasked, cutOriginal, type EventLinks, linkEvents } from "./event-links.ts";
import type { Session } from "./session.ts";
import { turnsOfAnswer, turnsOfRequest } from "./transcript.ts";

/** The four sides of a session, cut into the same pieces. */
export interface CutSession {
  readonly said: readonly CutTurn[];
  readonly crossed: readonly CutTurn[];
  readonly answered: readonly CutTurn[];
  readonly heard: readonly CutTurn[];
  readonly links: EventLinks;
}

export function cutSession({ payloads, events }: Pick<Session, "payloads" | "events">): CutSession {
  const crossed = turnsOfRequest(payloads.masked ?? "");
  const answered = turnsOfAnswer(payloads.response ?? "");
  const said = cutOriginal(turnsOfRequest(payloads.request ?? ""), crossed, events);
  return {
    said,
    crossed: cutMasked(crossed),
    answered: cutMasked(answered),
    heard: cutOriginal(turnsOfAnswer(payloads.final ?? ""), answered),
    links: linkEvents(said, events),
  };
}

/** Place of a token among the highlights of what was said, from 0; -1: it is not there. */
export function placeOf(cut: CutSession, token: string): number {
  return cut.said
    .flatMap((turn) => turn.parts.flatMap((part) => part.pieces))
    .filter((piece) => piece.token !== null)
    .findIndex((piece) => piece.token === token);
}
