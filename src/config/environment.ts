/** Variables by name. Settings come from here and from the configuration file, and from nowhere else. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process: the one place that reads them. */
export function processEnvironment(): Environment {
  return process.env;
}
