import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useHealth } from "./health.ts";

const LOST = "masker:lost";

/** `fetch` that tells the page at once when nobody answers, instead of at the next look at the health. */
export async function fetchOrTell(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (thrown) {
    if (!(thrown instanceof DOMException && thrown.name === "AbortError")) window.dispatchEvent(new Event(LOST));
    throw thrown;
  }
}

/** Whether the server answers; when it is back, everything on the page is asked for again. */
export function useConnection(): { readonly lost: boolean } {
  const health = useHealth();
  const queries = useQueryClient();
  const wasLost = useRef(false);
  const lost = health.isError;
  const { refetch } = health;
  useEffect(() => {
    const look = () => void refetch();
    window.addEventListener(LOST, look);
    return () => window.removeEventListener(LOST, look);
  }, [refetch]);
  useEffect(() => {
    if (wasLost.current && !lost)
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "health" });
    wasLost.current = lost;
  }, [lost, queries]);
  return { lost };
}
