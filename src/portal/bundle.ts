/** Builds the portal's assets. Runs in build.ts only; the executable carries the result. */
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import tailwind from "bun-plugin-tailwind";

/** One file of the portal, ready to be served. */
export interface BundledAsset {
  /** Path below `/portal`: `/index.html`, `/assets/main-1a2b3c4d.js`. */
  readonly route: string;
  /** Absolute path of the plain file, and of its brotli form for text. */
  readonly file: string;
  readonly brotli: string | null;
}

const TEXT = new Set([".js", ".css", ".html", ".svg"]);

/**
 * Bundles `src/portal/app` into `outdir`: hashed, split by page, compressed beforehand so that serving costs nothing.
 * @throws Error with the bundler's messages when it does not build.
 */
export async function bundlePortal(outdir: string): Promise<readonly BundledAsset[]> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dirname, "app", "index.html")],
    outdir,
    target: "browser",
    minify: true,
    splitting: true,
    publicPath: "/portal/assets/",
    naming: { entry: "[name].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
    loader: { ".woff2": "file" },
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [tailwind],
  });
  if (!built.success) throw new Error(built.logs.map(String).join("\n"));
  return Promise.all(
    built.outputs.map(async (output) => {
      const name = basename(output.path);
      const brotli = TEXT.has(extname(name)) ? `${output.path}.br` : null;
      if (brotli !== null) {
        const bytes = new Uint8Array(await output.arrayBuffer());
        await Bun.write(brotli, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
      return { route: name.endsWith(".html") ? "/index.html" : `/assets/${name}`, file: output.path, brotli };
    }),
  );
}

/** Puts the bundled files into the executable in place of the empty list of `assets.ts`. */
export function portalPlugin(assets: readonly BundledAsset[]): Bun.BunPlugin {
  return {
    name: "portal-assets",
    setup(build) {
      build.onLoad({ filter: /[\\/]portal[\\/]assets\.ts$/ }, () => {
        const imports: string[] = [];
        const rows = assets.map((asset, at) => {
          imports.push(`import file${at} from ${JSON.stringify(asset.file)} with { type: "file" };`);
          if (asset.brotli === null) return `[${JSON.stringify(asset.route)}, { file: file${at}, brotli: null }]`;
          imports.push(`import brotli${at} from ${JSON.stringify(asset.brotli)} with { type: "file" };`);
          return `[${JSON.stringify(asset.route)}, { file: file${at}, brotli: brotli${at} }]`;
        });
        const contents = `${imports.join("\n")}\nexport const PORTAL_ASSETS = new Map([${rows.join(",\n")}]);\n`;
        return { contents, loader: "ts" };
      });
    },
  };
}
