export const SESSION_COOKIE = "masker_session";

/** 30 days in seconds; slides with use. */
export const SESSION_MAX_AGE = 2_592_000;

/** The value of one cookie of a request, null when absent or sent more than once with different values. */
export function readCookie(header: string | null, name: string): string | null {
  const values = new Set(
    (header ?? "")
      .split(";")
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${name}=`))
      .map((pair) => pair.slice(name.length + 1)),
  );
  // Two different values mean that another host of the domain planted one: neither is trusted.
  return values.size === 1 ? (values.values().next().value as string) : null;
}

export interface CookieOptions {
  /** Seconds; 0 deletes. */
  readonly maxAge: number;
  readonly secure: boolean;
  readonly path?: string;
}

/** A `Set-Cookie` value. The value is base64url, so that nothing needs escaping. */
export function formatCookie(name: string, value: string, options: CookieOptions): string {
  const secure = options.secure ? " Secure;" : "";
  return `${name}=${value}; HttpOnly;${secure} SameSite=Lax; Path=${options.path ?? "/"}; Max-Age=${options.maxAge}`;
}
