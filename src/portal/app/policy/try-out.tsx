import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { AreaField } from "../parts/field.tsx";
import { Highlight } from "../parts/kind.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed } from "../parts/states.tsx";
import { cutAtTokens } from "../session/align.ts";

const SAMPLE = "This is Priya Raman, my member number is W 8 2 3 4 4 1 and I was born march fourteenth 1982.";

/** What the text in the editor makes of a sample, before it is saved. */
export function TryOut({ yaml }: { readonly yaml: string }) {
  const [text, setText] = useState(SAMPLE);
  const mask = useMutation({ mutationFn: () => api.detect.mask.mutate({ text, policy_yaml: yaml }) });
  return (
    <Panel
      title="Try it before saving"
      actions={
        <Button busy={mask.isPending} disabled={text.trim() === ""} onClick={() => mask.mutate()}>
          Mask
        </Button>
      }
    >
      <AreaField label="Sample" quiet rows={2} value={text} onChange={(event) => setText(event.target.value)} />
      {mask.error !== null && (
        <div className="mt-3">
          <Failed error={mask.error} />
        </div>
      )}
      {mask.data !== undefined && (
        <p className="mt-3 rounded-lg bg-sunken p-3 text-sm leading-relaxed break-words" aria-live="polite">
          {mask.data.blocked && (
            <>
              <Badge tone="bad">refused</Badge>{" "}
            </>
          )}
          {cutAtTokens(mask.data.masked ?? "").map((piece) =>
            piece.kind === null ? (
              piece.text
            ) : (
              <Highlight key={piece.at} kind={piece.kind}>
                {piece.text}
              </Highlight>
            ),
          )}
        </p>
      )}
    </Panel>
  );
}
