// Runs Bun from node_modules. Install scripts are off, so the package's own step that puts its binary in place runs here, once.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const packageDir = new URL("../node_modules/bun/", import.meta.url);
const bun = fileURLToPath(new URL("bin/bun.exe", packageDir));
const runs = () => spawnSync(bun, ["--version"]).status === 0;

if (!runs()) spawnSync(process.execPath, [fileURLToPath(new URL("install.js", packageDir))], { stdio: "inherit" });
if (!runs()) {
  console.error("Bun does not run on this machine. Delete node_modules and run `npm ci` again, without --omit=optional.");
  process.exit(1);
}
const done = spawnSync(bun, process.argv.slice(2), { stdio: "inherit" });
process.exit(done.status ?? 1);
