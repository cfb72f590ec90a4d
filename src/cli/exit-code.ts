/** What the program ends with. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** A command's own negative answer, such as `--require-match` without a match. */
  commandSpecific: 2,
  policyInvalid: 3,
  notPermitted: 4,
  serverUnreachable: 5,
  usage: 64,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
