import { RE2JS } from "re2js";

export interface PatternRefusal {
  readonly field: "pattern" | "check";
  readonly message: string;
}

const CHECKS: ReadonlySet<string> = new Set(["luhn"]);

/**
 * Why a custom recognizer may not be loaded, or null. A pattern must compile in RE2, which has neither backreferences nor
 * look-around and so always runs in time linear in the text, and must not match the empty text.
 */
export function checkCustomPattern(pattern: string, check: string | null): PatternRefusal | null {
  if (check !== null && !CHECKS.has(check)) return { field: "check", message: "no such check" };
  try {
    if (RE2JS.compile(pattern).matcher("").find()) return { field: "pattern", message: "matches the empty text" };
  } catch {
    return { field: "pattern", message: "does not compile as a linear-time (RE2) pattern" };
  }
  return null;
}
