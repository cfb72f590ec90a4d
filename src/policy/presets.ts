import expertDetermination from "./presets/expert-determination.yaml" with { type: "text" };
import healthcareDefault from "./presets/healthcare-default.yaml" with { type: "text" };
import medicareBroker from "./presets/medicare-broker.yaml" with { type: "text" };
import strict from "./presets/strict.yaml" with { type: "text" };

export const DEFAULT_POLICY_NAME = "healthcare-default";

/** The policies inside the executable: name to YAML. */
export const PRESETS: ReadonlyMap<string, string> = new Map([
  [DEFAULT_POLICY_NAME, healthcareDefault],
  ["medicare-broker", medicareBroker],
  ["strict", strict],
  ["expert-determination", expertDetermination],
]);
