import { BUILD } from "../build-info.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { unknownSettings } from "../config/source.ts";
import { createLog } from "../log/create-log.ts";
import type { RunningServer } from "../serve.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";

export const serveCommand: Command = {
  name: "serve",
  summary: "Runs the appliance",
  async run({ options, io }) {
    // Asked before anything is opened, so that a signal during the start is not lost.
    const stopRequested = io.stopRequested();
    const configFile = options.get("config");
    const config = loadConfig(io.env, { ...(configFile ? { configFile } : {}), terminal: io.errIsTerminal });
    const level = options.has("verbose") ? "debug" : options.has("quiet") ? "warn" : config.log.level;
    const log = createLog({ ...config.log, level });
    for (const name of unknownSettings(io.env)) log.warn(`${name} is not a setting of this version`);

    // Loaded here, so that the other commands start without the whole appliance.
    const { startServer } = await import("../serve.ts");
    const server = await startServer(config, log);
    log.info("listening", { version: BUILD.version });
    if (options.has("json")) await io.out(readyLine(server));
    else await io.out(greeting(server, config));
    await stopRequested;
    log.info("stopping");
    await server.stop();
    log.info("stopped");
    return EXIT.ok;
  },
};

function readyLine({ url, proxyUrl, portalUrl, setupUrl }: RunningServer): string {
  const line = { ready: true, url, proxy_url: proxyUrl, portal_url: portalUrl, setup_url: setupUrl, pid: process.pid };
  return `${JSON.stringify(line)}\n`;
}

const EXAMPLE = {
  messages: [{ role: "user", content: "Hi, my name is Maria Gonzalez, my number is 415-555-0134." }],
};

function greeting({ proxyUrl, demoKey, portalUrl, setupUrl }: RunningServer, config: Config): string {
  const lines = [`Masker ${BUILD.version} is running. Data in ${config.dataDir}`, `Portal: ${portalUrl}`];
  if (setupUrl) lines.push(`Make the first admin (works once, 24 hours): ${setupUrl}`);
  if (proxyUrl) {
    const key = demoKey ? ` \\\n  -H 'authorization: Bearer ${demoKey}'` : "";
    lines.push(
      `Base URL of the demo agent for any OpenAI client: ${proxyUrl.replace(/\/chat\/completions$/, "")}`,
      "Try it:",
      `  curl ${proxyUrl} -H 'content-type: application/json'${key} \\\n  -d '${JSON.stringify(EXAMPLE)}'`,
    );
    if (demoKey) lines.push("The key in that line is shown this once.");
  }
  return `\n${lines.join("\n")}\n\n`;
}
