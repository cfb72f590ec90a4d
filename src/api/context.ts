import type { Principal } from "../auth/principal.ts";
import type { ApiDeps } from "./deps.ts";

/** What a procedure knows of its request. */
export interface ApiContext {
  readonly requestId: string;
  /** Of the client, with trusted proxies taken out; null when unknown. */
  readonly address: string | null;
  /** The request came over HTTPS. */
  readonly secure: boolean;
  readonly principal: Principal | null;
  /** One cookie of the request. */
  readonly cookie: (name: string) => string | null;
  /** Adds a `Set-Cookie` value to the response. */
  readonly setCookie: (value: string) => void;
  /** A browser sent this on behalf of another site; nothing may be done for it. */
  readonly crossOrigin: boolean;
  /** Asks again whether the caller may still be served: for answers that go on for hours. */
  readonly stillValid: () => Promise<boolean>;
  /** @throws MaskerError rate_limited, when limits are on and the account is over its own */
  readonly limitRate: () => void;
  readonly deps: ApiDeps;
}
