import { Check, Copy } from "lucide-react";
import { useState } from "react";

interface CopyButtonProps {
  readonly text: string;
  readonly label?: string;
}

export function CopyButton({ text, label = "Copy" }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button
      type="button"
      onClick={copy}
      title={label}
      aria-label={copied ? "Copied" : label}
      className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
    >
      {copied ? <Check className="size-3.5 text-good" aria-hidden /> : <Copy className="size-3.5" aria-hidden />}
    </button>
  );
}

/** Of an id or a hash, enough to tell two apart. */
const FIRST_CHARS = 8;
const LAST_CHARS = 5;

/** A value that people carry elsewhere: cut short on screen, copied whole. */
export function Copyable({ text, short = false }: { readonly text: string; readonly short?: boolean }) {
  return (
    <span className="inline-flex min-w-0 max-w-full items-center gap-1">
      <code className="truncate font-mono text-xs" title={text}>
        {short ? `${text.slice(0, FIRST_CHARS)}…${text.slice(-LAST_CHARS)}` : text}
      </code>
      <CopyButton text={text} />
    </span>
  );
}

/** The clipboard API exists only on HTTPS and localhost; a hospital's plain address still has to copy. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
