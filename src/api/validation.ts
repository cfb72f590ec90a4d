import type { ZodError } from "zod";
import { type ErrorDetail, MaskerError } from "../errors.ts";

type Issue = ZodError["issues"][number];

/** A failed input as `validation_failed`: paths as a caller writes them, messages without anything of the input. */
export function validationError(error: ZodError): MaskerError {
  return new MaskerError("validation_failed", { details: error.issues.slice(0, 100).map(detailOf) });
}

function detailOf(issue: Issue): ErrorDetail {
  // zod's message would repeat the unknown keys, which are the caller's text.
  const message = issue.code === "unrecognized_keys" ? "holds a field that is not known here" : issue.message;
  return { path: formatPath(issue.path), message };
}

/** `messages[3].content`; a key that could not be a field name of ours is the caller's own text and shown as `*`. */
function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += `${text === "" ? "" : "."}${/^[a-z][a-z0-9_]{0,39}$/.test(String(step)) ? String(step) : "*"}`;
  }
  return text;
}
