import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** What the source imports `with { type: "text" }` or `{ type: "file" }`: Vite ignores the attribute, so endings decide. */
const embeddedFiles = {
  name: "embedded-files",
  enforce: "pre" as const,
  load(id: string) {
    const path = id.split("?")[0] ?? id;
    if (/\.(?:sql|ya?ml|txt|py)$/.test(path)) return `export default ${JSON.stringify(readFileSync(path, "utf8"))};`;
    if (/\.(?:ttf|otf|onnx|so(?:\.\d+)*|dylib|dll|bin)$/.test(path)) return `export default ${JSON.stringify(path)};`;
    return null;
  },
};

export default defineConfig({
  plugins: [embeddedFiles],
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Under Bun the runner's import of zod as an external loses its named export `z`.
    server: { deps: { inline: ["zod"] } },
  },
});
