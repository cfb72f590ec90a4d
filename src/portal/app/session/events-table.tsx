import { useState } from "react";
import { isKind } from "../../../detect/kind.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Copyable } from "../parts/copy.tsx";
import { KindBadge } from "../parts/kind.tsx";
import { Empty } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import type { Session } from "./session.ts";

type Event = Session["events"][number];

const PAGE = 100;

const COLUMNS: readonly Column<Event>[] = [
  {
    name: "Kind",
    cell: (event) => (isKind(event.entity_kind) ? <KindBadge kind={event.entity_kind} /> : event.entity_kind),
  },
  { name: "Pass", cell: (event) => event.pass },
  { name: "Where", cell: (event) => <code className="font-mono text-xs">{event.slot}</code> },
  { name: "Characters", cell: (event) => `${event.span[0]}–${event.span[1]}`, numeric: true },
  { name: "Confidence", cell: (event) => event.confidence.toFixed(2), numeric: true },
  { name: "Put back", cell: (event) => <PutBack rehydrated={event.rehydrated} /> },
  { name: "Key", cell: (event) => event.kid ?? "–", wideOnly: true },
  { name: "Event", cell: (event) => <Copyable text={event.event_id} />, wideOnly: true },
];

/** Events of a session, a page at a time: a long call has thousands. */
export function EventsTable({ events }: { readonly events: readonly Event[] }) {
  const [shown, setShown] = useState(PAGE);
  if (events.length === 0) return <Empty title="Nothing was masked for the first time in this session" />;
  return (
    <>
      <Table label="Events" columns={COLUMNS} rows={events.slice(0, shown)} rowKey={(event) => event.event_id} />
      {events.length > shown && (
        <div className="mt-3 text-center">
          <Button onClick={() => setShown(shown + PAGE * 5)}>Show more ({events.length - shown} left)</Button>
        </div>
      )}
    </>
  );
}

function PutBack({ rehydrated }: { readonly rehydrated: boolean | null }) {
  if (rehydrated === null) return <span className="text-muted">not used</span>;
  return <Badge tone={rehydrated ? "good" : "warn"}>{rehydrated ? "yes" : "no"}</Badge>;
}
