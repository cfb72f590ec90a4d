import type { ButtonHTMLAttributes, ReactNode } from "react";

const LOOKS = {
  primary: "bg-accent text-accent-ink hover:opacity-90",
  plain: "bg-panel text-ink border hover:bg-sunken",
  quiet: "text-muted hover:text-ink hover:bg-sunken",
  danger: "bg-bad-soft text-bad hover:opacity-90",
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: keyof typeof LOOKS;
  /** Shows that the work goes on, and takes no second click. */
  readonly busy?: boolean;
  readonly icon?: ReactNode;
}

export function Button({
  look = "plain",
  busy = false,
  icon,
  children,
  className = "",
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy}
      className={`inline-flex h-9 items-center justify-center gap-2 whitespace-nowrap rounded-lg px-3.5 text-sm font-medium transition disabled:cursor-not-allowed disabled:opacity-60 ${LOOKS[look]} ${className}`}
    >
      {busy ? <span className="size-4 animate-spin rounded-full border-2 border-current border-r-transparent" /> : icon}
      {children}
    </button>
  );
}
