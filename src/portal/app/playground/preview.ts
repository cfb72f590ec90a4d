import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, type Outputs } from "../api.ts";
import { type Message, parseConversation } from "./conversation.ts";

const TYPING_PAUSE_MS = 180;

type Answer = Outputs["detect"]["mask"];

/** What one policy makes of a text. */
export interface Preview extends Answer {
  readonly text: string;
  readonly spoken: readonly Message[];
}

/** Something that was found, at its place in the text that was typed. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly span: Answer["spans"][number];
}

/** Asks what a policy makes of a text; the answer before stays until the next is here. Nothing is kept. */
export function usePreview(text: string, policy: string) {
  return useQuery({
    queryKey: ["playground", policy, text],
    queryFn: async (): Promise<Preview> => {
      const spoken = parseConversation(text);
      const messages = spoken.map(({ role, content }) => ({ role, content }));
      return { ...(await api.detect.mask.mutate({ messages, policy_name: policy })), text, spoken };
    },
    enabled: policy !== "" && text.trim() !== "",
    gcTime: 0,
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
}

/** In the order of the text. */
export function foundIn({ spans, spoken }: Preview): readonly Found[] {
  return spans
    .map((span) => {
      const from = spoken[span.message ?? 0]?.start ?? 0;
      return { start: from + span.start, end: from + span.end, span };
    })
    .sort((a, b) => a.start - b.start);
}

/** The text once typing has paused. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
