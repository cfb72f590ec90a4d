import { lazy, Suspense } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { Empty, Loading } from "./parts/states.tsx";
import { Shell } from "./shell.tsx";
import { SignedIn } from "./signed-in.tsx";

const Login = lazy(() => import("./pages/login.tsx"));
const Setup = lazy(() => import("./pages/setup.tsx"));

/** Pages behind the sign-in; each is a chunk of its own. Ids ride in the query, so that a page needs no path parameter. */
const ROOMS = [
  ["/dashboard", lazy(() => import("./pages/dashboard.tsx"))],
  ["/agents/detail", lazy(() => import("./pages/agent.tsx"))],
  ["/agents/new", lazy(() => import("./pages/new-agent.tsx"))],
  ["/agents", lazy(() => import("./pages/agents.tsx"))],
  ["/sessions/detail", lazy(() => import("./pages/session.tsx"))],
  ["/sessions", lazy(() => import("./pages/sessions.tsx"))],
  ["/playground", lazy(() => import("./pages/playground.tsx"))],
  ["/policies/edit", lazy(() => import("./pages/policy.tsx"))],
  ["/policies", lazy(() => import("./pages/policies.tsx"))],
  ["/reports", lazy(() => import("./pages/reports.tsx"))],
  ["/audit", lazy(() => import("./pages/audit.tsx"))],
  ["/settings", lazy(() => import("./pages/settings.tsx"))],
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
                    {ROOMS.map(([path, Page]) => (
                      <Route key={path} path={path} component={Page} />
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
