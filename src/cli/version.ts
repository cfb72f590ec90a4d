import { BUILD } from "../build-info.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";

export const versionCommand: Command = {
  name: "version",
  summary: "Shows version, commit and time of the build",
  async run({ options, io }) {
    const platform = `${process.platform}-${process.arch}`;
    await io.out(
      options.has("json")
        ? `${JSON.stringify({ ...BUILD, platform })}\n`
        : `masker ${BUILD.version} (commit ${BUILD.commit}, built ${BUILD.built_at}, ${platform})\n`,
    );
    return EXIT.ok;
  },
};
