import { KINDS } from "../../../detect/kind.ts";
import type { Outputs } from "../api.ts";
import { Badge } from "../parts/badge.tsx";

/** What one policy finds or does that another does not. */
export function DiffList({ diff }: { readonly diff: Outputs["policies"]["diff"] }) {
  const { kinds_added, kinds_removed, changes } = diff;
  if (changes.length + kinds_added.length + kinds_removed.length === 0) {
    return <p className="mt-3 text-sm text-muted">Nothing changes in what is detected.</p>;
  }
  return (
    <ul className="mt-3 divide-y text-sm">
      {kinds_added.map((kind) => (
        <li key={`+${kind}`} className="flex items-center gap-3 py-1.5">
          <Badge tone="good">added</Badge> {KINDS[kind].label}
        </li>
      ))}
      {kinds_removed.map((kind) => (
        <li key={`-${kind}`} className="flex items-center gap-3 py-1.5">
          <Badge tone="bad">removed</Badge> {KINDS[kind].label}
        </li>
      ))}
      {changes.map(({ path, from, to }) => (
        <li key={path} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
          <Badge tone="warn">changed</Badge>
          <code className="font-mono text-xs break-all">{path}</code>
          <span>
            <del className="text-bad">{String(from ?? "nothing")}</del> → <strong>{String(to ?? "nothing")}</strong>
          </span>
        </li>
      ))}
    </ul>
  );
}
