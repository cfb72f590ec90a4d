import { ChevronDown } from "lucide-react";
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";

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

interface AreaFieldProps extends Labelled, TextareaHTMLAttributes<HTMLTextAreaElement> {
  readonly mono?: boolean;
}

/** Several lines. */
export function AreaField({ label, hint, error, quiet, mono = false, ...rest }: AreaFieldProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, quiet }}>
      <textarea
        {...rest}
        id={id}
        className={`w-full rounded-lg border bg-panel px-3 py-2 placeholder:text-muted aria-invalid:border-bad disabled:opacity-60 ${mono ? "font-mono text-xs" : "text-sm"}`}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-note`}
      />
    </Frame>
  );
}

interface CheckFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly hint?: ReactNode;
}

export function CheckField({ label, hint, ...rest }: CheckFieldProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 items-start gap-2.5">
      <input
        {...rest}
        id={id}
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-accent"
        aria-describedby={`${id}-note`}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="block text-sm font-medium">
          {label}
        </label>
        <p id={`${id}-note`} className="mt-0.5 text-xs text-muted empty:hidden">
          {hint}
        </p>
      </div>
    </div>
  );
}

interface SelectFieldProps extends Labelled, SelectHTMLAttributes<HTMLSelectElement> {
  readonly options: readonly (readonly [value: string, text: string])[];
}

export function SelectField({ label, hint, error, quiet, options, ...rest }: SelectFieldProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, quiet }}>
      <span className="relative block">
        <select
          {...rest}
          id={id}
          className={`${CONTROL} appearance-none truncate pr-8`}
          aria-describedby={`${id}-note`}
        >
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
        <ChevronDown className="pointer-events-none absolute top-2.5 right-2.5 size-4 text-muted" aria-hidden />
      </span>
    </Frame>
  );
}

interface FrameProps extends Labelled {
  readonly id: string;
  readonly children: ReactNode;
}

function Frame({ id, label, hint, error, quiet, children }: FrameProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
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
