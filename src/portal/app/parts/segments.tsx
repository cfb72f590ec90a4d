interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, text: string])[];
  readonly onChange: (value: Value) => void;
}

/** A choice of few, all of them in sight. */
export function Segments<Value extends string>({ label, value, options, onChange }: SegmentsProps<Value>) {
  return (
    <fieldset className="inline-flex gap-1 rounded-lg bg-sunken p-1">
      <legend className="sr-only">{label}</legend>
      {options.map(([option, text]) => (
        <button
          key={option}
          type="button"
          aria-pressed={value === option}
          onClick={() => onChange(option)}
          className={`rounded-md px-3 py-1 text-sm whitespace-nowrap ${value === option ? "bg-panel font-medium text-ink shadow-sm" : "text-muted hover:text-ink"}`}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}
