import type { Log } from "../../src/log/log.ts";

export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
