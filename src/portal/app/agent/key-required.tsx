import { CheckField, SelectField } from "../parts/field.tsx";

interface KeyRequiredProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** The one setting that opens an agent to strangers: what it means stands beside it. */
export function KeyRequired({ checked, onChange }: KeyRequiredProps) {
  return (
    <div className="space-y-2">
      <CheckField
        label="Ask for the agent key"
        hint="The platform sends it as its API key. Requests without it are refused."
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {!checked && <NoKeyWarning />}
    </div>
  );
}

const CHOICES = [
  ["", "As is usual here (recommended)"],
  ["yes", "Ask for it"],
  ["no", "Do not ask"],
] as const;

interface KeyChoiceProps {
  /** Null leaves it to the server, which knows who can reach it. */
  readonly required: boolean | null;
  readonly onChange: (required: boolean | null) => void;
}

/** The same question for an agent that is being made. */
export function KeyChoice({ required, onChange }: KeyChoiceProps) {
  return (
    <div className="space-y-2">
      <SelectField
        label="Agent key"
        hint="Usual: asked for, unless Masker can be reached from its own machine only."
        options={CHOICES}
        value={required === null ? "" : required ? "yes" : "no"}
        onChange={(event) => onChange(event.target.value === "" ? null : event.target.value === "yes")}
      />
      {required === false && <NoKeyWarning />}
    </div>
  );
}

function NoKeyWarning() {
  return (
    <p role="status" className="rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">
      Without a key, whoever reaches this machine and knows the agent's URL can send requests at your model provider's
      cost, and can have tokens of this agent put back into answers. Leave it off only where nobody else reaches the
      port, or where the platform proves itself by a header, a signature or its address.
    </p>
  );
}
