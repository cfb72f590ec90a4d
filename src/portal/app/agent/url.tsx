import { Copyable } from "../parts/copy.tsx";

/** A URL that people carry to a platform; stands in a `<dl>`. */
export function Url({ name, url }: { readonly name: string; readonly url: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd>
        <Copyable text={url} />
      </dd>
    </div>
  );
}
