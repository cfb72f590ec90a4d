import { Tabs } from "radix-ui";
import { lazy, Suspense } from "react";
import { useLocation, useSearch } from "wouter";
import { PageHead } from "../parts/panel.tsx";
import { Loading } from "../parts/states.tsx";
import { useMe } from "../signed-in.tsx";

const TABS = [
  ["me", "My account", null, lazy(() => import("../settings/my-account.tsx"))],
  ["users", "Users", "users:admin", lazy(() => import("../settings/users.tsx"))],
  ["tokens", "API tokens", "tokens:write", lazy(() => import("../settings/tokens.tsx"))],
  ["system", "System", "installation", lazy(() => import("../settings/system.tsx"))],
] as const;

export default function Settings() {
  const { permissions } = useMe();
  const [, navigate] = useLocation();
  const open = TABS.filter(([, , needs]) => needs === null || permissions.includes(needs));
  const wanted = new URLSearchParams(useSearch()).get("tab");
  const tab = open.some(([name]) => name === wanted) ? (wanted ?? "me") : "me";
  return (
    <>
      <PageHead title="Settings" />
      <Tabs.Root value={tab} onValueChange={(name) => navigate(`/settings?tab=${name}`, { replace: true })}>
        <Tabs.List aria-label="Settings" className="mb-5 flex flex-wrap gap-1 border-b">
          {open.map(([name, title]) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="-mb-px border-b-2 border-transparent px-3 py-2 text-sm text-muted data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
            >
              {title}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {open.map(([name, , , Tab]) => (
          <Tabs.Content key={name} value={name}>
            <Suspense fallback={<Loading lines={6} />}>
              <Tab />
            </Suspense>
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </>
  );
}
