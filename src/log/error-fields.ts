import { MaskerError } from "../errors.ts";
import type { LogFields } from "./log.ts";

/**
 * What a log may say of whatever was thrown: code, class and the functions of its stack. Never the message, which may
 * quote input (a database error holds parameters, a parser error the text).
 */
export function errorFields(thrown: unknown): LogFields {
  const root = thrown instanceof MaskerError && thrown.cause !== undefined ? thrown.cause : thrown;
  return {
    ...(thrown instanceof MaskerError ? { code: thrown.code } : {}),
    error_class: root instanceof Error ? root.constructor.name : typeof root,
    error_at: root instanceof Error ? stackFunctions(root) : "",
  };
}

/** Up to six `name file:line` of the stack. */
function stackFunctions(error: Error): string {
  // The stack begins with the message, which may itself look like frames: it is cut off by its length.
  const head = `${error.name}: ${error.message}`;
  const stack = error.stack ?? "";
  const frames = stack.startsWith(head) ? stack.slice(head.length) : error.message === "" ? stack : "";
  const found = frames.matchAll(/^\s+at (?:(?:async )?([\w.<>$]+) )?\(?(?:[^\s()]*[\\/])?([\w.$-]+:\d+)/gm);
  return [...found]
    .slice(0, 6)
    .map(([, name, place]) => (name ? `${name} ${place}` : place))
    .join(" < ");
}
