import { useQuery } from "@tanstack/react-query";
import { api } from "../api.ts";
import { SelectField, TextField } from "../parts/field.tsx";
import { useMay } from "../signed-in.tsx";
import { type Filters, fromLocal, RANGE, toLocal } from "./filters.ts";

const WINDOWS = [
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
  ["3650d", "All"],
  [RANGE, "From … to …"],
] as const;
const STATUSES = [
  ["", "Any outcome"],
  ["ok", "ok"],
  ["partial", "partial"],
  ["error", "error"],
] as const;
const MINIMA = [
  ["0", "Any number"],
  ["1", "1 or more"],
  ["5", "5 or more"],
  ["20", "20 or more"],
  ["100", "100 or more"],
] as const;

interface FilterBarProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

export function FilterBar({ filters, onChange }: FilterBarProps) {
  const mayAgents = useMay("agents:read");
  const agents = useQuery({
    queryKey: ["agents", "names"],
    queryFn: () => api.agents.list.query({ limit: 100 }),
    enabled: mayAgents,
  });
  const names = (agents.data?.data ?? []).map((agent) => [agent.id, agent.name] as const);
  // A link may name an agent that was deleted, or one beyond the first hundred.
  const known = filters.agent === "" || names.some(([id]) => id === filters.agent);
  const set = (name: keyof Filters) => (event: { target: { value: string } }) =>
    onChange({ ...filters, [name]: event.target.value });
  const setMoment = (name: "from" | "to") => (event: { target: { value: string } }) =>
    onChange({ ...filters, [name]: fromLocal(event.target.value) });
  return (
    <div className="mb-4 grid grid-cols-2 gap-3 md:grid-cols-4">
      <SelectField
        label="Agent"
        value={filters.agent}
        onChange={set("agent")}
        options={[["", "All agents"], ...(known ? [] : [[filters.agent, filters.agent] as const]), ...names]}
      />
      <SelectField label="Started" value={filters.since} onChange={set("since")} options={WINDOWS} />
      <SelectField label="Outcome" value={filters.status} onChange={set("status")} options={STATUSES} />
      <SelectField label="Identifiers masked" value={filters.min} onChange={set("min")} options={MINIMA} />
      {filters.since === RANGE && (
        <>
          <TextField label="From" type="datetime-local" value={toLocal(filters.from)} onChange={setMoment("from")} />
          <TextField label="Before" type="datetime-local" value={toLocal(filters.to)} onChange={setMoment("to")} />
        </>
      )}
    </div>
  );
}
