import type { Outputs } from "../api.ts";

/** An agent in full, as `GET /agents/{agent_id}` answers it. */
export type Agent = Outputs["agents"]["get"]["agent"];
