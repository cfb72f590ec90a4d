// Runs Bun from node_modules. Install scripts are off, so the package's own step that puts its binary in place runs here, once.
import { spawnSync } from "node:child_process";

const modules = new URL("../node_modules/", import.meta.url);
const bun = new URL("bun/bin/bun.exe", modules);
const runs = () => spawnSync(bun, ["--version"]).status === 0;

if (!runs()) spawnSync(process.execPath, [new URL("bun/install.js", modules).pathname], { stdio: "inherit" });
if (!runs()) {
  console.error("Bun does not run on this machine. Delete node_modules and run `npm ci` again, without --omit=optional.");
  process.exit(1);
}
const done = spawnSync(bun, process.argv.slice(2), { stdio: "inherit" });
process.exit(done.status ?? 1);
