import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api.ts";
import { SelectField } from "../parts/field.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { FoundTable } from "../playground/found-table.tsx";
import { MarkedEditor } from "../playground/marked-editor.tsx";
import { MaskedView } from "../playground/masked-view.tsx";
import { foundIn, usePreview, useSettled } from "../playground/preview.ts";

const FIRST_POLICY = "healthcare-default";
const SAMPLE = `agent: Thanks for calling Lakeside Clinic. Can I have your name and date of birth?
caller: it's Priya Raman, p r i y a, march fourteenth nineteen eighty two
agent: And a number we can reach you at?
caller: four one five, five five five, oh one three two`;

/** The firewall, live: nothing typed here is stored. */
export default function Playground() {
  const [text, setText] = useState(SAMPLE);
  const [policy, setPolicy] = useState(FIRST_POLICY);
  const [other, setOther] = useState("");
  const policies = useQuery({ queryKey: ["policies"], queryFn: () => api.policies.list.query({ limit: 100 }) });
  const names = (policies.data?.data ?? [{ name: FIRST_POLICY }]).map(({ name }) => [name, name] as const);
  const settled = useSettled(text);
  const empty = settled.trim() === "";
  const first = usePreview(settled, policy);
  const second = usePreview(settled, other);
  const compared = other !== "" && second.data?.text === first.data?.text ? (second.data ?? null) : null;
  return (
    <>
      <PageHead
        title="Playground"
        hint="Type or paste a turn or a whole call. A line that begins with “caller:”, “agent:”, “system:” or “tool:” begins a turn. Nothing is stored."
      />
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <Panel title="The call">
          <MarkedEditor
            label="Text of the call"
            text={text}
            onChange={setText}
            found={first.data === undefined || empty ? [] : foundIn(first.data)}
            seen={first.data?.text ?? ""}
          />
          <div className="mt-3 grid gap-3 sm:grid-cols-2">
            <SelectField
              label="Policy"
              value={policy}
              options={names}
              onChange={(event) => setPolicy(event.target.value)}
            />
            <SelectField
              label="Compare with"
              value={other}
              options={[["", "Nothing"], ...names.filter(([name]) => name !== policy)]}
              onChange={(event) => setOther(event.target.value)}
            />
          </div>
        </Panel>
        <div className="min-w-0 space-y-5">
          <MaskedView policy={policy} preview={first} empty={empty} />
          {other !== "" && <MaskedView policy={other} preview={second} empty={empty} />}
        </div>
      </div>
      {first.data !== undefined && !empty && (
        <Panel title="What was found" className="mt-5">
          <FoundTable policies={[policy, other]} first={first.data} second={compared} />
        </Panel>
      )}
    </>
  );
}
