import { isKind, KINDS } from "../../../detect/kind.ts";
import { Badge } from "../parts/badge.tsx";
import { Copyable } from "../parts/copy.tsx";
import { KindBadge } from "../parts/kind.tsx";
import { Pager } from "../parts/pager.tsx";
import { Empty } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import type { EventLinks } from "./event-links.ts";
import type { Session } from "./session.ts";

type Event = Session["events"][number];

/** Rows of a page. */
export const EVENTS_A_PAGE = 50;

interface EventsTableProps {
  readonly events: readonly Event[];
  readonly links: EventLinks;
  readonly page: number;
  readonly onPage: (page: number) => void;
}

/** Events of a session, a page at a time: a long call has thousands. */
export function EventsTable({ events, links, page, onPage }: EventsTableProps) {
  if (events.length === 0) return <Empty title="Nothing was masked for the first time in this session" />;
  const columns: readonly Column<Event>[] = [
    { name: "Kind", cell: (event) => <KindCell event={event} links={links} /> },
    ...COLUMNS,
  ];
  return (
    <>
      <Table
        label="Events"
        columns={columns}
        rows={events.slice(page * EVENTS_A_PAGE, (page + 1) * EVENTS_A_PAGE)}
        rowKey={(event) => event.event_id}
      />
      <Pager page={page} pageSize={EVENTS_A_PAGE} total={events.length} onPage={onPage} />
    </>
  );
}

const COLUMNS: readonly Column<Event>[] = [
  { name: "Pass", cell: (event) => event.pass },
  { name: "Action", cell: (event) => event.action, wideOnly: true },
  {
    name: "Where",
    cell: (event) => (
      <code className="font-mono text-xs" title={event.slot}>
        {event.slot}
      </code>
    ),
  },
  { name: "Characters", cell: (event) => `${event.span[0]}–${event.span[1]}`, numeric: true },
  { name: "Confidence", cell: (event) => event.confidence.toFixed(2), numeric: true },
  { name: "Put back", cell: (event) => <PutBack event={event} /> },
  { name: "Key", cell: (event) => event.kid ?? "–", roomyOnly: true },
  { name: "Event", cell: (event) => <Copyable text={event.event_id} short />, wideOnly: true },
];

/** The kind, and the way to the highlight where the texts are here. */
function KindCell({ event, links }: { readonly event: Event; readonly links: EventLinks }) {
  if (!isKind(event.entity_kind)) return event.entity_kind;
  const token = links.tokens.get(event.event_id);
  const badge = <KindBadge kind={event.entity_kind} />;
  if (token === undefined) return badge;
  return (
    <button
      type="button"
      data-token={token}
      data-event={event.event_id}
      title="Show it in the text"
      aria-label={`${KINDS[event.entity_kind].label}: show it in the text`}
      className="rounded-md data-focused:outline-2 data-focused:outline-accent"
    >
      {badge}
    </button>
  );
}

function PutBack({ event: { rehydrated, token_kind } }: { readonly event: Event }) {
  if (rehydrated === null) {
    return <span className="text-muted">{token_kind === null ? "no token" : "no answer"}</span>;
  }
  if (rehydrated) return <Badge tone="good">yes</Badge>;
  return <span className="text-muted">not in the answer</span>;
}
