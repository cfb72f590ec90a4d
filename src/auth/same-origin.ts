const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a browser sent this request on behalf of another site (CSRF). Browsers attach `Origin` to every state-changing
 * request and `Sec-Fetch-Site` to all; a request with neither comes from a program, which holds its cookie knowingly.
 * @param publicOrigin `https://host` under which the installation is reached, when it is known
 */
export function isCrossOrigin(request: Request, publicOrigin: string): boolean {
  if (SAFE_METHODS.has(request.method)) return false;
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  if (site !== null && site !== "same-origin" && site !== "none") return origin !== publicOrigin;
  if (origin === null || origin === publicOrigin) return false;
  // Behind a proxy that ends TLS the scheme differs; host and port do not.
  return hostOf(origin) !== (request.headers.get("host") ?? new URL(request.url).host);
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
