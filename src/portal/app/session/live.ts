import { useEffect, useState } from "react";

const SETTLE_MS = 400;

/**
 * Counts completed sessions as the server tells of them. Many at once count as one, so that a busy installation does not make
 * the page ask for its list a hundred times a second.
 */
export function useLiveSessions(on: boolean): { readonly fresh: number; readonly connected: boolean } {
  const [fresh, setFresh] = useState(0);
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    if (!on) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const source = new EventSource("/api/v1/sessions/stream");
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false);
    const tell = () => {
      timer ??= setTimeout(() => {
        timer = null;
        setFresh((count) => count + 1);
      }, SETTLE_MS);
    };
    source.onmessage = tell;
    source.addEventListener("session", tell);
    return () => {
      source.close();
      if (timer !== null) clearTimeout(timer);
    };
  }, [on]);
  return { fresh, connected };
}
