import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";

const CONTROL =
  "h-9 w-full rounded-lg border bg-panel px-3 text-sm placeholder:text-muted aria-invalid:border-bad disabled:opacity-60";

interface Labelled {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  /** The label is read aloud but not shown. */
  readonly quiet?: boolean | undefined;
}

export function TextField({ label, hint, error, quiet, ...rest }: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, quiet }}>
      <input {...rest} id={id} className={CONTROL} aria-invalid={error !== undefined} aria-describedby={`${id}-note`} />
    </Frame>
  );
}

interface SelectFieldProps extends Labelled, SelectHTMLAttributes<HTMLSelectElement> {
  readonly options: readonly (readonly [value: string, text: string])[];
}

export function SelectField({ label, hint, error, quiet, options, ...rest }: SelectFieldProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, quiet }}>
      <select {...rest} id={id} className={CONTROL} aria-describedby={`${id}-note`}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

interface FrameProps extends Labelled {
  readonly id: string;
  readonly children: ReactNode;
}

function Frame({ id, label, hint, error, quiet, children }: FrameProps) {
  return (
    <div className="min-w-0 space-y-1.5">
      <label htmlFor={id} className={quiet ? "sr-only" : "block text-sm font-medium"}>
        {label}
      </label>
      {children}
      <p id={`${id}-note`} className={`text-xs ${error === undefined ? "text-muted" : "text-bad"} empty:hidden`}>
        {error ?? hint}
      </p>
    </div>
  );
}
