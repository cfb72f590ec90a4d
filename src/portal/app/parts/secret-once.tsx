import { Copyable } from "./copy.tsx";

/** A secret that is shown this once, on a ground that says so. */
export function SecretOnce({ hint, secret }: { readonly hint: string; readonly secret: string }) {
  return (
    <div className="min-w-0 rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn" role="status">
      <p className="font-medium">{hint}</p>
      <Copyable text={secret} />
    </div>
  );
}
