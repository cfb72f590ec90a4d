import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { errorFacts } from "./api.ts";
import { loadFonts } from "./fonts.ts";
import { Pages } from "./pages.tsx";
import { applyTheme } from "./theme.ts";

applyTheme();
loadFonts();

const FINAL = new Set(["unauthenticated", "forbidden", "validation_failed", "not_found"]);

const queries = new QueryClient({
  defaultOptions: {
    // A browser that knows no way to the internet still reaches a server on its own network.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      staleTime: 5_000,
      // What the server refused stays refused; a lost connection is tried until it is back.
      retry: (failures, error) => {
        const { code } = errorFacts(error);
        if (code === "connection_lost") return failures < 60;
        return !FINAL.has(code) && !code.endsWith("_not_found") && failures < 2;
      },
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 5_000),
    },
  },
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <Pages />
    </QueryClientProvider>,
  );
}
