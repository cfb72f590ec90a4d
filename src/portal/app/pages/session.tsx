import { useQuery } from "@tanstack/react-query";
import { type MouseEvent, useEffect, useMemo, useState } from "react";
import { useSearch } from "wouter";
import { api } from "../api.ts";
import { StatusBadge } from "../parts/badge.tsx";
import { Copyable } from "../parts/copy.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { ReportButtons } from "../report-buttons.tsx";
import { FIRST_HIGHLIGHTS, type View } from "../session/conversation.tsx";
import { cutSession, placeOf } from "../session/cut-session.ts";
import { EVENTS_A_PAGE, EventsTable } from "../session/events-table.tsx";
import { Facts } from "../session/facts.tsx";
import { PayloadPanels } from "../session/payload-panels.tsx";
import type { Session } from "../session/session.ts";
import { Timings } from "../session/timings.tsx";
import { goTo, tokenOf, useTokenFocus, withToken } from "../session/token-focus.ts";
import { useMay } from "../signed-in.tsx";

export default function SessionPage() {
  const id = new URLSearchParams(useSearch()).get("id") ?? "";
  // A session that has ended does not change, and every look at its texts is an event of the log: it is asked for once.
  const query = useQuery({
    queryKey: ["session", id],
    queryFn: () => api.sessions.get.query({ session_id: id }),
    staleTime: Infinity,
  });
  if (query.error !== null) return <Failed error={query.error} onRetry={() => query.refetch()} />;
  if (query.data === undefined) return <Loading lines={8} />;
  return <Whole session={query.data.session} />;
}

function Whole({ session }: { readonly session: Session }) {
  const mayReport = useMay("reports:read");
  return (
    <>
      <PageHead
        title={
          <span className="flex flex-wrap items-center gap-3">
            Session <StatusBadge status={session.status} />
          </span>
        }
        hint={<Copyable text={session.id} />}
        actions={mayReport && <ReportButtons scope={{ session_id: session.id }} />}
      />
      <Firewall session={session} />
    </>
  );
}

/** Where somebody wants to go: from an event to its highlight, or the other way. */
interface Wanted {
  readonly to: "text" | "event";
  readonly token: string;
}

function Firewall({ session }: { readonly session: Session }) {
  const cut = useMemo(() => cutSession(session), [session]);
  const { area, handlers } = useTokenFocus();
  const [view, setView] = useState<View>("values");
  const [shown, setShown] = useState(FIRST_HIGHLIGHTS);
  const [page, setPage] = useState(0);
  const [wanted, setWanted] = useState<Wanted | null>(null);

  const pick = (event: MouseEvent) => {
    const token = tokenOf(event.target);
    if (token === null) return;
    const fromEvent = event.target instanceof Element && event.target.closest("[data-event]") !== null;
    if (fromEvent) {
      if (view === "json") setView("values");
      setShown(Math.max(shown, placeOf(cut, token) + 1));
    } else {
      const row = session.events.findIndex((one) => one.event_id === cut.links.events.get(token));
      if (row < 0) return;
      setPage(Math.floor(row / EVENTS_A_PAGE));
    }
    setWanted({ to: fromEvent ? "text" : "event", token });
  };

  useEffect(() => {
    if (wanted === null) return;
    const eventId = cut.links.events.get(wanted.token);
    const places = withToken(area.current, wanted.token);
    goTo(
      places.find(({ dataset }) => (wanted.to === "text" ? dataset.event === undefined : dataset.event === eventId)),
    );
  }, [wanted, cut, area]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the buttons inside take keys; here their clicks are gathered
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div ref={area} className="space-y-5" onClick={pick} {...handlers}>
      <Facts session={session} />
      <PayloadPanels
        session={session}
        cut={cut}
        view={view}
        onView={setView}
        shown={shown}
        onMore={() => setShown(shown + FIRST_HIGHLIGHTS)}
      />
      <Panel title="Where the time went">
        <Timings durations={session.stage_durations_ms} />
      </Panel>
      <Panel title={`Events (${session.events.length.toLocaleString()})`}>
        {session.repeated_redaction_count > 0 && (
          <p className="mb-3 text-sm text-muted">
            An event stands for the first time that an identifier is masked in a call.{" "}
            {session.repeated_redaction_count.toLocaleString()} more{" "}
            {session.repeated_redaction_count === 1
              ? "was known from before and kept its token"
              : "were known from before and kept their tokens"}
            .
          </p>
        )}
        <EventsTable events={session.events} links={cut.links} page={page} onPage={setPage} />
      </Panel>
    </div>
  );
}
