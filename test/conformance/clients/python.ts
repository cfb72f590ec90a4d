import { join } from "node:path";
import type { Client } from "../ask.ts";
import { startProcess } from "./process.ts";

/** Python's `openai`, in a process of its own; null when that Python or its package is not there. */
export function startPython(python: string): Promise<Client | null> {
  return startProcess({ name: "openai (Python)", lacks: {} }, python, [join(import.meta.dirname, "python.py")]);
}
