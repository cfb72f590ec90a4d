import type { Inputs } from "../api.ts";

/** The filters of the sessions list as they stand in the address; a field that says nothing is the empty text. */
export interface Filters {
  readonly agent: string;
  /** A duration (`24h`), or `range` with the two below. */
  readonly since: string;
  /** Moments in ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  readonly status: string;
  readonly min: string;
}

export const RANGE = "range";
const DEFAULTS: Filters = { agent: "", since: "24h", from: "", to: "", status: "", min: "0" };

export function filtersOf(search: URLSearchParams): Filters {
  const read = (name: keyof Filters) => search.get(name) ?? DEFAULTS[name];
  return {
    agent: read("agent"),
    since: read("since"),
    from: read("from"),
    to: read("to"),
    status: read("status"),
    min: read("min"),
  };
}

/** The address of the list with these filters; those that say nothing are left out. */
export function addressOf(filters: Filters): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value !== DEFAULTS[name as keyof Filters]) search.set(name, value);
  }
  return search.size === 0 ? "/sessions" : `/sessions?${search}`;
}

export function queryOf({ agent, since, from, to, status, min }: Filters): NonNullable<Inputs["sessions"]["list"]> {
  const range = since === RANGE;
  return {
    since: range ? from || "1970-01-01T00:00:00Z" : since,
    ...(range && to !== "" ? { until: to } : {}),
    min_redactions: Number(min) || 0,
    ...(agent === "" ? {} : { agent_id: agent }),
    ...(status === "" ? {} : { status: status as "ok" | "error" | "partial" }),
  };
}

/** An ISO moment as `<input type="datetime-local">` writes it in the viewer's zone, and back. */
export function toLocal(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromLocal(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
