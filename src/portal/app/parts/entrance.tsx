import type { ReactNode } from "react";
import { Logo } from "./logo.tsx";

interface EntranceProps {
  readonly title: string;
  readonly hint: string;
  readonly children: ReactNode;
}

/** The frame of the pages before the sign-in. */
export function Entrance({ title, hint, children }: EntranceProps) {
  return (
    <main className="flex min-h-screen flex-col items-center justify-center gap-6 px-4 py-10">
      <Logo />
      <div className="w-full max-w-sm rounded-2xl border bg-panel p-6 shadow-sm">
        <h1 className="text-lg font-semibold">{title}</h1>
        <p className="mt-1 mb-5 text-sm text-muted">{hint}</p>
        {children}
      </div>
    </main>
  );
}
