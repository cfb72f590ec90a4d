import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, type Outputs } from "../api.ts";
import { Panel } from "../parts/panel.tsx";
import { Failed, Loading } from "../parts/states.tsx";

type Agents = Outputs["agents"]["list"]["data"];

/** The agents that a change of the policy would reach. */
export function UsedBy({ name, count }: { readonly name: string; readonly count: number }) {
  const users = useQuery({
    queryKey: ["agents", "of policy", name, count],
    queryFn: () => agentsOf(name, count),
    enabled: count > 0,
  });
  return (
    <Panel title={`Used by ${count} ${count === 1 ? "agent" : "agents"}`}>
      {count === 0 && <p className="text-sm text-muted">No agent uses it: it can be deleted.</p>}
      {count > 0 && users.isPending && <Loading lines={2} />}
      {users.error !== null && <Failed error={users.error} />}
      <ul className="flex flex-wrap gap-x-5 gap-y-2 text-sm">
        {users.data?.map((agent) => (
          <li key={agent.id} className="min-w-0">
            <Link
              href={`/agents/detail?id=${agent.id}`}
              title={agent.name}
              className="block max-w-64 truncate font-medium text-accent hover:underline"
            >
              {agent.name}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

async function agentsOf(policyName: string, count: number): Promise<Agents> {
  const found: Agents = [];
  let cursor: string | null | undefined;
  do {
    const page = await api.agents.list.query({ limit: 100, ...(cursor ? { cursor } : {}) });
    found.push(...page.data.filter((agent) => agent.policy_name === policyName));
    cursor = page.next_cursor;
  } while (cursor !== null && found.length < count);
  return found;
}
