import { Panel } from "../parts/panel.tsx";
import { Segments } from "../parts/segments.tsx";
import { Empty } from "../parts/states.tsx";
import { Conversation, type View } from "./conversation.tsx";
import type { CutSession } from "./cut-session.ts";
import type { Session } from "./session.ts";

const VIEWS = [
  ["values", "Real values"],
  ["masked", "Masked"],
  ["json", "JSON"],
] as const;

interface PayloadPanelsProps {
  readonly session: Session;
  readonly cut: CutSession;
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly shown: number;
  readonly onMore: () => void;
}

/** The firewall made visible: what was said and heard at the edges, what crossed to the model and back in the middle. */
export function PayloadPanels({ session, cut, view, onView, shown, onMore }: PayloadPanelsProps) {
  if (session.payloads_state !== "available") {
    return (
      <Panel title="What was said, what crossed, what was heard">
        <Empty title="The texts of this session are not here">
          {WHY_ABSENT[session.payloads_state](session)} The events below show what was masked without them.
        </Empty>
      </Panel>
    );
  }
  const { request, masked, response, final } = session.payloads;
  const shared = { links: cut.links, view, shown, onMore };
  const failed = session.reason === null ? "" : ` (${session.reason.replaceAll("_", " ")})`;
  return (
    <section aria-label="What was said, what crossed, what was heard" className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm text-muted">
          Point at an identifier to see it on every side; click it to see its event. Underlined with dashes: known from
          before.
        </p>
        <Segments label="How the texts are shown" value={view} options={VIEWS} onChange={onView} />
      </div>
      <div className="grid gap-4 lg:grid-cols-2 min-[110rem]:grid-cols-4">
        <Conversation title="What was said" turns={cut.said} payload={request} absent="Not kept." inside {...shared} />
        <Conversation
          title="What the model received"
          turns={cut.crossed}
          payload={masked}
          absent={`Nothing was sent to the model${failed}.`}
          {...shared}
        />
        <Conversation
          title="What it answered"
          turns={cut.answered}
          payload={response}
          absent={`The model gave no answer${failed}.`}
          {...shared}
        />
        <Conversation
          title="What the caller heard"
          turns={cut.heard}
          payload={final}
          absent={`The caller heard nothing of the model${failed}.`}
          inside
          {...shared}
        />
      </div>
    </section>
  );
}

const WHY_ABSENT: Readonly<Record<Exclude<Session["payloads_state"], "available">, (session: Session) => string>> = {
  not_kept: ({ policy_name }) =>
    `They were not kept: Masker stores texts only when the policy (${policy_name}) sets audit.log_payloads to true and MASKER_PAYLOAD_RETENTION_DAYS is above 0.`,
  expired: () => "They were kept for the days that MASKER_PAYLOAD_RETENTION_DAYS allows, and then deleted.",
  not_permitted: () => "Reading texts needs the permission payloads:read, which your role does not have.",
};
