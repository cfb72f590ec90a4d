import { useQuery } from "@tanstack/react-query";

export interface Health {
  readonly status: string;
  readonly version: string;
  readonly components: Readonly<Record<string, string>>;
  readonly build: { readonly commit: string };
}

/** `GET /health`, which answers 503 with the same body when something is wrong. */
export function useHealth() {
  return useQuery({
    queryKey: ["health"],
    queryFn: async (): Promise<Health> => {
      const answer = await fetch("/health");
      return answer.json();
    },
    refetchInterval: 10_000,
  });
}
