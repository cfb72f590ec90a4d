import { agentsRouter } from "./agents.ts";
import { auditRouter } from "./audit.ts";
import { authRouter } from "./auth.ts";
import { detectRouter } from "./detect.ts";
import { meRouter } from "./me.ts";
import { policiesRouter } from "./policies.ts";
import { reportsRouter } from "./reports.ts";
import { sessionsRouter } from "./sessions.ts";
import { statsRouter } from "./stats.ts";
import { systemRouter } from "./system.ts";
import { tokensRouter } from "./tokens.ts";
import { createCallerFactory, router } from "./trpc.ts";
import { usersRouter } from "./users.ts";

/** Everything that the portal and REST clients can call. */
export const appRouter = router({
  agents: agentsRouter,
  audit: auditRouter,
  auth: authRouter,
  detect: detectRouter,
  me: meRouter,
  policies: policiesRouter,
  reports: reportsRouter,
  sessions: sessionsRouter,
  stats: statsRouter,
  system: systemRouter,
  tokens: tokensRouter,
  users: usersRouter,
});

export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);
