import { useRef } from "react";
import { Highlight } from "../parts/kind.tsx";
import type { Found } from "./preview.ts";

const SHAPE = "p-3 font-mono text-sm leading-relaxed break-words whitespace-pre-wrap";

interface MarkedEditorProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** What was found in `seen`, which may be older than the text. */
  readonly found: readonly Found[];
  readonly seen: string;
}

/** A text area with highlights behind its letters; those that lie after the first change wait for the next answer. */
export function MarkedEditor({ label, text, onChange, found, seen }: MarkedEditorProps) {
  const behind = useRef<HTMLDivElement>(null);
  const same = commonStart(text, seen);
  let at = 0;
  const pieces = found
    .filter(({ end }) => end <= same)
    .flatMap(({ start, end, span }) => {
      const before = text.slice(at, start);
      at = end;
      return [
        before,
        <Highlight key={start} kind={span.kind} flat>
          {text.slice(start, end)}
        </Highlight>,
      ];
    });
  return (
    <div className="relative h-80 rounded-lg border bg-panel focus-within:outline-2 focus-within:outline-accent">
      <div ref={behind} aria-hidden className={`absolute inset-0 overflow-hidden text-transparent ${SHAPE}`}>
        {pieces}
        {`${text.slice(at)}\n`}
      </div>
      <textarea
        aria-label={label}
        spellCheck={false}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => behind.current?.scrollTo(0, event.currentTarget.scrollTop)}
        className={`absolute inset-0 size-full resize-none bg-transparent outline-none [scrollbar-width:none] ${SHAPE}`}
      />
    </div>
  );
}

function commonStart(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return length;
}
