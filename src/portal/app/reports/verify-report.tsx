import { useMutation } from "@tanstack/react-query";
import { ShieldCheck, ShieldX, Upload } from "lucide-react";
import { type DragEvent, type FormEvent, useState } from "react";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed } from "../parts/states.tsx";

/** Checks a report (JSON or PDF) dropped here, or whether a root hash is in the chain. */
export function VerifyReport() {
  const [hash, setHash] = useState("");
  const file = useMutation({
    mutationFn: async (chosen: File) => {
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      return api.reports.verify.mutate({ report_base64: toBase64(bytes) });
    },
  });
  const root = useMutation({ mutationFn: () => api.audit.verify.mutate({ hash: hash.trim() }) });
  const take = (files: FileList | null) => {
    const chosen = files?.[0];
    if (chosen) file.mutate(chosen);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  };
  const ask = (event: FormEvent) => {
    event.preventDefault();
    root.mutate();
  };
  return (
    <Panel title="Check a report or a hash">
      <div className="grid gap-5 md:grid-cols-2">
        <div className="space-y-3">
          <label
            onDragOver={(event) => event.preventDefault()}
            onDrop={drop}
            className="flex min-h-28 cursor-pointer flex-col justify-center items-center gap-2 rounded-lg border border-dashed p-6 text-center text-sm text-muted focus-within:border-accent hover:bg-sunken"
          >
            <Upload className="size-5" aria-hidden />
            Drop a report here, or choose one (PDF or JSON)
            <input
              type="file"
              accept=".json,.pdf,application/json,application/pdf"
              className="sr-only"
              onChange={(event) => take(event.target.files)}
            />
          </label>
          {file.isPending && <p className="text-sm text-muted">Checking {file.variables.name}…</p>}
          {file.error !== null && <Failed error={file.error} />}
          {file.data !== undefined && (
            <Verdict ok={file.data.ok} message={`${file.variables?.name ?? "The report"}: ${file.data.message}`} />
          )}
        </div>
        <form onSubmit={ask} className="space-y-3">
          <TextField
            label="Root hash"
            required
            placeholder="64 hexadecimal digits"
            value={hash}
            onChange={(event) => setHash(event.target.value)}
          />
          <Button type="submit" busy={root.isPending}>
            Is it in the chain?
          </Button>
          {root.error !== null && <Failed error={root.error} />}
          {root.data !== undefined && <Verdict ok={root.data.ok} message={root.data.message} />}
        </form>
      </div>
    </Panel>
  );
}

function Verdict({ ok, message }: { readonly ok: boolean; readonly message: string }) {
  const Icon = ok ? ShieldCheck : ShieldX;
  return (
    <p
      role="status"
      className={`flex items-center gap-2 rounded-lg px-4 py-3 text-sm font-medium break-words ${ok ? "bg-good-soft text-good" : "bg-bad-soft text-bad"}`}
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      <span className="min-w-0 break-words">{message}</span>
    </p>
  );
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
