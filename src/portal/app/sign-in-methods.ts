import { useQuery } from "@tanstack/react-query";
import { api } from "./api.ts";

/** Which ways in are configured. */
export function useSignInMethods(): { readonly github: boolean; readonly oidc: boolean } {
  const methods = useQuery({ queryKey: ["sign-in-methods"], queryFn: () => api.auth.methods.query() });
  return methods.data ?? { github: false, oidc: false };
}
