import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Failed } from "./states.tsx";

interface ConfirmProps {
  /** On the button that asks, and in the dialog on the one that does it. */
  readonly action: string;
  readonly confirm: string;
  readonly title: string;
  readonly hint: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
  readonly children?: ReactNode;
}

/** A button whose deed cannot be taken back, with the question before it. */
export function Confirm({ action, confirm, title, hint, busy, error, disabled, onConfirm, children }: ConfirmProps) {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button look="danger" disabled={disabled} onClick={() => setAsked(true)}>
        {action}
      </Button>
      <Dialog open={asked} onClose={() => setAsked(false)} title={title} hint={hint}>
        {children}
        {error !== null && <Failed error={error} />}
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={() => setAsked(false)}>Keep</Button>
          <Button look="danger" busy={busy} onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
