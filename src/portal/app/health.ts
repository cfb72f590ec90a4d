import { useQuery } from "@tanstack/react-query";

export interface Health {
  readonly status: string;
  readonly version: string;
  readonly components: Readonly<Record<string, string>>;
  readonly build: { readonly commit: string };
}

const WELL_MS = 10_000;
const LOST_MS = 1_500;

/** `GET /health`, which answers 503 with the same body when something is wrong; an error means that nobody answers. */
export function useHealth() {
  return useQuery({
    queryKey: ["health"],
    queryFn: async (): Promise<Health> => {
      const answer = await fetch("/health");
      return answer.json();
    },
    retry: false,
    refetchInterval: ({ state }) => (state.status === "error" ? LOST_MS : WELL_MS),
    refetchIntervalInBackground: true,
  });
}
