/** What the build stamps in (see build.ts), and how the compiled executable finds its own workers. */

declare const MASKER_BUILD:
  | { readonly version: string; readonly commit: string; readonly built_at: string }
  | undefined;

const STAMP = typeof MASKER_BUILD === "undefined" ? null : MASKER_BUILD;

/** Version, commit and time of the build; a run from source has no stamp. */
export const BUILD = STAMP ?? { version: "0.0.0-source", commit: "source", built_at: "1970-01-01T00:00:00.000Z" };

/** True inside the executable, where modules have no paths of their own. */
export const COMPILED = STAMP !== null;

/**
 * What `new Worker` takes for an entry point, `path` being below `src` (`db/reader-worker.ts`). Each worker is an entry
 * point of the build too: inside the executable its name is relative to the root of the embedded files.
 */
export function workerUrl(path: string): string {
  return COMPILED ? `./${path}` : new URL(path, import.meta.url).href;
}
