import { extname } from "node:path";
import { Hono } from "hono";
import { PORTAL_ASSETS, type PortalAsset } from "./assets.ts";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/**
 * No script but our own files. Styles may be set inline: the headless components and the editor place their elements so, and
 * a style cannot run code here.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Serves the bundled portal below `/portal`: hashed assets for a year, every other path as the page, so that deep links
 * survive a reload.
 */
export function createPortal(assets: ReadonlyMap<string, PortalAsset> = PORTAL_ASSETS): Hono {
  const portal = new Hono();
  portal.get("/assets/*", (c) => {
    const route = c.req.path.replace(/^\/portal/, "");
    const asset = assets.get(route);
    if (asset === undefined) return c.notFound();
    return answer(asset, route, c.req.header("accept-encoding"), "public, max-age=31536000, immutable");
  });
  portal.get("*", (c) => {
    const page = assets.get("/index.html");
    if (page === undefined) return c.text("The portal is part of the built executable: run `npm run build`.", 404);
    return answer(page, "/index.html", c.req.header("accept-encoding"), "no-cache");
  });
  return portal;
}

function answer(asset: PortalAsset, route: string, acceptEncoding: string | undefined, cache: string): Response {
  const brotli = asset.brotli !== null && /\bbr\b/.test(acceptEncoding ?? "") ? asset.brotli : null;
  const headers = new Headers({
    "content-type": CONTENT_TYPES[extname(route)] ?? "application/octet-stream",
    "cache-control": cache,
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    vary: "accept-encoding",
  });
  if (brotli !== null) headers.set("content-encoding", "br");
  return new Response(Bun.file(brotli ?? asset.file), { headers });
}
