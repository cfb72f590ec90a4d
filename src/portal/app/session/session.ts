import type { Outputs } from "../api.ts";

/** A session in full, as `GET /sessions/{session_id}` answers it. */
export type Session = Outputs["sessions"]["get"]["session"];
