import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { useLocation } from "wouter";
import { api, errorFacts, type Outputs } from "./api.ts";
import { Failed, Loading } from "./parts/states.tsx";

export type Me = Outputs["me"]["get"];

const MeContext = createContext<Me | null>(null);

/** Who is signed in; sends everybody else to the login page, and back afterwards. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const [, navigate] = useLocation();
  const me = useQuery({ queryKey: ["me"], queryFn: () => api.me.get.query(), staleTime: 60_000 });
  if (me.data !== undefined) return <MeContext.Provider value={me.data}>{children}</MeContext.Provider>;
  if (me.error !== null && errorFacts(me.error).code === "unauthenticated") {
    const back = location.pathname.replace(/^\/portal/, "") + location.search;
    queueMicrotask(() => navigate(`/login?back=${encodeURIComponent(back)}`, { replace: true }));
    return null;
  }
  return (
    <div className="mx-auto max-w-xl p-8">
      {me.error === null ? <Loading /> : <Failed error={me.error} onRetry={() => me.refetch()} />}
    </div>
  );
}

export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error("useMe outside SignedIn");
  return me;
}

/** Whether the viewer holds a permission; what they may not do is not shown. */
export function useMay(permission: Me["permissions"][number]): boolean {
  return useMe().permissions.includes(permission);
}
