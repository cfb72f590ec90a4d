import { Chain } from "../audit/chain.tsx";
import { Checkpoints } from "../audit/checkpoints.tsx";
import { Events } from "../audit/events.tsx";
import { PageHead } from "../parts/panel.tsx";

export default function Audit() {
  return (
    <>
      <PageHead
        title="Audit"
        hint="Every masking, sign-in and change, in one chain: an event that is changed, removed or added breaks it."
      />
      <div className="space-y-5">
        <Chain />
        <Checkpoints />
        <Events />
      </div>
    </>
  );
}
