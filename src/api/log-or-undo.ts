import type { AuditEventInput } from "../audit/event.ts";
import type { ApiDeps } from "./deps.ts";

/**
 * Logs a change that had to be made first, because only the database knows whether a name is free; when it cannot be logged
 * it is taken back. Other changes are logged before they are made.
 */
export async function logOrUndo(deps: ApiDeps, event: AuditEventInput, undo: () => Promise<unknown>): Promise<void> {
  try {
    await deps.audit.append([event]);
  } catch (thrown) {
    await undo();
    throw thrown;
  }
}
