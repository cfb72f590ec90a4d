import { CloudOff } from "lucide-react";

/** Stands above every page while nobody answers, and goes away by itself. */
export function ConnectionBanner({ lost }: { readonly lost: boolean }) {
  return (
    <div role="status" className="sticky top-0 z-30">
      {lost && (
        <p className="flex items-center gap-2 border-b bg-warn-soft px-4 py-2.5 text-sm font-medium text-warn lg:px-8">
          <CloudOff className="size-4 shrink-0" aria-hidden />
          Masker does not answer. What you see may be old; this page goes on by itself when it is back.
        </p>
      )}
    </div>
  );
}
