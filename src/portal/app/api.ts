import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "../../api/root.ts";
import { fetchOrTell } from "./connection.ts";

/** The only way from the portal to the server: the same procedures that the REST API serves. */
export const api = createTRPCClient<AppRouter>({
  links: [httpLink({ url: "/trpc", fetch: (url, init) => fetchOrTell(url, init as RequestInit) })],
});

export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;

export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
  readonly details: readonly { readonly path: string; readonly message: string; readonly line?: number }[];
}

/** What can be said of a failed call; a lost connection has a code of its own. */
export function errorFacts(thrown: unknown): ErrorFacts {
  if (thrown instanceof TRPCClientError && thrown.data) {
    return {
      code: String(thrown.data.code ?? "internal_error"),
      message: thrown.message,
      requestId: thrown.data.request_id ?? null,
      details: thrown.data.details ?? [],
    };
  }
  return {
    code: "connection_lost",
    message: "Masker does not answer. Check that it is running; this page goes on by itself when it is back.",
    requestId: null,
    details: [],
  };
}
