import { lazy, Suspense } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { Allowed } from "./allowed.tsx";
import { Empty, Loading } from "./parts/states.tsx";
import { Shell } from "./shell.tsx";
import { SignedIn } from "./signed-in.tsx";

const Login = lazy(() => import("./pages/login.tsx"));
const Setup = lazy(() => import("./pages/setup.tsx"));

/** Pages behind the sign-in; each is a chunk of its own and names the permission it needs. Ids ride in the query, so that a page needs no path parameter. */
const ROOMS = [
  ["/dashboard", "sessions:read", lazy(() => import("./pages/dashboard.tsx"))],
  ["/agents/detail", "agents:read", lazy(() => import("./pages/agent.tsx"))],
  ["/agents/new", "agents:write", lazy(() => import("./pages/new-agent.tsx"))],
  ["/agents", "agents:read", lazy(() => import("./pages/agents.tsx"))],
  ["/sessions/detail", "sessions:read", lazy(() => import("./pages/session.tsx"))],
  ["/sessions", "sessions:read", lazy(() => import("./pages/sessions.tsx"))],
  ["/playground", "agents:read", lazy(() => import("./pages/playground.tsx"))],
  ["/policies/edit", "agents:read", lazy(() => import("./pages/policy.tsx"))],
  ["/policies", "agents:read", lazy(() => import("./pages/policies.tsx"))],
  ["/reports", "reports:read", lazy(() => import("./pages/reports.tsx"))],
  ["/audit", "audit:read", lazy(() => import("./pages/audit.tsx"))],
  ["/settings", null, lazy(() => import("./pages/settings.tsx"))],
] as const;

export function Pages() {
  return (
    <Router base="/portal">
      <Suspense fallback={null}>
        <Switch>
          <Route path="/login" component={Login} />
          <Route path="/setup" component={Setup} />
          <Route>
            <SignedIn>
              <Shell>
                <Suspense fallback={<Loading lines={6} />}>
                  <Switch>
                    {ROOMS.map(([path, needs, Page]) => (
                      <Route key={path} path={path}>
                        <Allowed needs={needs}>
                          <Page />
                        </Allowed>
                      </Route>
                    ))}
                    <Route path="/">
                      <Redirect to="/dashboard" replace />
                    </Route>
                    <Route>
                      <Empty title="There is no page here">The address may be old. Choose a page at the left.</Empty>
                    </Route>
                  </Switch>
                </Suspense>
              </Shell>
            </SignedIn>
          </Route>
        </Switch>
      </Suspense>
    </Router>
  );
}
