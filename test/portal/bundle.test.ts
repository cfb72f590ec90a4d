/** What a browser has to load before it shows something. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BundledAsset, bundlePortal } from "../../src/portal/bundle.ts";
import { createPortal } from "../../src/portal/serve-portal.ts";

const MOST_BYTES = 300 * 1024;

const folder = mkdtempSync(join(tmpdir(), "masker-bundle-"));
let assets: readonly BundledAsset[];
const textOf = (asset: BundledAsset) => readFileSync(asset.file, "utf8");
const named = (name: string) => assets.find(({ route }) => basename(route) === name);

beforeAll(async () => {
  assets = await bundlePortal(folder);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A script and everything that it imports before it runs. */
function withImports(asset: BundledAsset, known = new Set<BundledAsset>()): ReadonlySet<BundledAsset> {
  if (known.has(asset)) return known;
  known.add(asset);
  for (const [, name] of textOf(asset).matchAll(/(?:from|import)\s*"[^"]*?([\w-]+\.js)"/g)) {
    const imported = named(name ?? "");
    if (imported) withImports(imported, known);
  }
  return known;
}

/** Chunks that a script loads later. */
function laterOf(asset: BundledAsset): readonly BundledAsset[] {
  const names = [...textOf(asset).matchAll(/import\("[^"]*?([\w-]+\.js)"\)/g)].map(([, name]) => name ?? "");
  return [...new Set(names)].flatMap((name) => named(name) ?? []);
}

describe("the bundle", () => {
  it("loads less than 300 KB of compressed script before the dashboard stands, its charts included", () => {
    const page = assets.find(({ route }) => route === "/index.html");
    const [, entryName] = /<script[^>]+src="[^"]*?([\w-]+\.js)"/.exec(page ? textOf(page) : "") ?? [];
    const entry = named(entryName ?? "");
    if (!entry) throw new Error("the page names no script");
    const first = new Set(withImports(entry));
    const dashboard = laterOf(entry).find((chunk) => textOf(chunk).includes("Recent sessions"));
    if (!dashboard) throw new Error("no chunk holds the dashboard");
    for (const asset of withImports(dashboard)) first.add(asset);
    const sizes = [...first].map(({ route, brotli }) => ({ route, bytes: readFileSync(brotli ?? "").length }));
    const withoutCharts = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const chart of laterOf(dashboard)) for (const asset of withImports(chart)) first.add(asset);
    const total = [...first].reduce((sum, { brotli }) => sum + readFileSync(brotli ?? "").length, 0);
    console.log(`first load: ${kib(withoutCharts)} of compressed script, with charts ${kib(total)}`);
    expect(total).toBeGreaterThan(20 * 1024);
    expect(total).toBeLessThan(MOST_BYTES);
  });

  it("has every text compressed beforehand, and names no address but its own", () => {
    for (const asset of assets) {
      if (!/\.(js|css|html)$/.test(asset.route)) continue;
      expect(asset.brotli).not.toBeNull();
      expect(textOf(asset)).not.toMatch(/(?:src|href)=["']?https?:|@import\s+["']?https?:|url\(["']?https?:/);
    }
  });

  it("is served with a policy that lets no foreign script run, and hashed files for ever", async () => {
    const served = createPortal(new Map(assets.map(({ route, file, brotli }) => [route, { file, brotli }])));
    const portal = new Hono().route("/portal", served);
    const page = await portal.request("/portal/sessions/detail");
    const csp = page.headers.get("content-security-policy") ?? "";
    expect(csp).toContain("script-src 'self';");
    expect(csp).not.toMatch(/script-src[^;]*unsafe/);
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const script = assets.find(({ route }) => route.endsWith(".js"));
    const answer = await portal.request(`/portal${script?.route}`, { headers: { "accept-encoding": "gzip, br" } });
    expect(answer.headers.get("content-encoding")).toBe("br");
    expect(answer.headers.get("cache-control")).toContain("immutable");
  });
});

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}
