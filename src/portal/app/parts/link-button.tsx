import type { ReactNode } from "react";
import { Link } from "wouter";

const LOOKS = {
  primary: "bg-accent text-accent-ink hover:opacity-90",
  plain: "border bg-panel text-ink hover:bg-sunken",
} as const;

interface LinkButtonProps {
  readonly href: string;
  readonly look?: keyof typeof LOOKS;
  readonly children: ReactNode;
}

/** A link to another page that looks like a button. */
export function LinkButton({ href, look = "plain", children }: LinkButtonProps) {
  return (
    <Link
      href={href}
      className={`inline-flex h-9 items-center justify-center gap-2 rounded-lg px-3.5 text-sm font-medium whitespace-nowrap ${LOOKS[look]}`}
    >
      {children}
    </Link>
  );
}
