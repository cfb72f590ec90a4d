import { useEffect, useState } from "react";

const SETTLE_MS = 400;
const AGAIN_MS = 2_000;

/**
 * Counts completed sessions as the server tells of them. Many at once count as one, so that a busy installation does not make
 * the page ask for its list a hundred times a second. A lost stream is opened again; what it missed counts as one more.
 */
export function useLiveSessions(on: boolean): { readonly fresh: number; readonly connected: boolean } {
  const [fresh, setFresh] = useState(0);
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    if (!on) return;
    let telling: ReturnType<typeof setTimeout> | null = null;
    let again: ReturnType<typeof setTimeout> | null = null;
    let source: EventSource | null = null;
    let wasLost = false;
    const tell = () => {
      telling ??= setTimeout(() => {
        telling = null;
        setFresh((count) => count + 1);
      }, SETTLE_MS);
    };
    const open = () => {
      source = new EventSource("/api/v1/sessions/stream");
      source.onopen = () => {
        setConnected(true);
        if (wasLost) tell();
        wasLost = false;
      };
      source.onerror = () => {
        wasLost = true;
        setConnected(false);
        // The browser tries again after a broken connection, and gives up after an answer that is no stream.
        if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
      };
      source.onmessage = tell;
      source.addEventListener("session", tell);
    };
    open();
    return () => {
      source?.close();
      if (telling !== null) clearTimeout(telling);
      if (again !== null) clearTimeout(again);
    };
  }, [on]);
  return { fresh, connected };
}
