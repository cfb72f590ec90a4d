/** The mark: a speech bubble whose middle line is a mask. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2.5 font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
        <path d="M4 7a4 4 0 0 1 4-4h16a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4h-9l-7 6v-6a4 4 0 0 1-4-4z" fill="var(--accent)" />
        <rect x="8.5" y="8" width="15" height="2.4" rx="1.2" fill="var(--accent-ink)" opacity=".55" />
        <rect x="8.5" y="12" width="15" height="3.6" rx="1.8" fill="var(--accent-ink)" />
        <rect x="8.5" y="17.2" width="9" height="2.4" rx="1.2" fill="var(--accent-ink)" opacity=".55" />
      </svg>
      Masker
    </span>
  );
}
