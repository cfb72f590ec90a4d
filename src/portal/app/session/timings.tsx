import { milliseconds } from "../parts/time.tsx";

const STAGES = [
  ["detection", "Detection", "bg-accent"],
  ["tokenize", "Tokens", "bg-good"],
  ["upstream", "Model", "bg-muted"],
  ["rehydrate", "Rehydration", "bg-warn"],
] as const;

type Durations = Readonly<Record<(typeof STAGES)[number][0], number>>;

/** Where the time of a session went, as one bar. */
export function Timings({ durations }: { readonly durations: Durations }) {
  const total = Math.max(
    STAGES.reduce((sum, [stage]) => sum + durations[stage], 0),
    0.001,
  );
  return (
    <div>
      <div className="flex h-3 overflow-hidden rounded-full bg-sunken" aria-hidden>
        {STAGES.map(([stage, , colour]) => (
          <div key={stage} className={`${colour} min-w-px`} style={{ width: `${(durations[stage] / total) * 100}%` }} />
        ))}
      </div>
      <dl className="mt-3 flex flex-wrap gap-x-6 gap-y-2 text-sm">
        {STAGES.map(([stage, title, colour]) => (
          <div key={stage} className="flex items-center gap-2">
            <span className={`size-2.5 rounded-full ${colour}`} aria-hidden />
            <dt className="text-muted">{title}</dt>
            <dd className="font-medium tabular-nums">{milliseconds(durations[stage])}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
