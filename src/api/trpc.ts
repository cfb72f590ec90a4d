/** The one place where tRPC is set up. Every procedure carries its REST form and its guard in `.meta({ rest })`. */
import { initTRPC, TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import { ZodError } from "zod";
import type { Permission } from "../auth/permission.ts";
import { MaskerError, statusOf } from "../errors.ts";
import type { ApiContext } from "./context.ts";
import { validationError } from "./validation.ts";

/** Who may call: anybody, anybody signed in, a person (not an API token), or whoever holds a permission. */
export type Access = "public" | "signed_in" | "user" | Permission;

export interface RestMeta {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below /api/v1; parameters in braces are fields of the input: `/agents/{agent_id}`. */
  readonly path: string;
  readonly access: Access;
  /** Needs the role admin beside the permission. */
  readonly adminOnly?: boolean;
  /** Of a success; 204 sends no body, 302 sends the output's `location`. Default 200. */
  readonly status?: 200 | 201 | 202 | 204 | 302;
  /** One line for the documentation. */
  readonly summary: string;
  /** The output is a file, `{ body, content_type, file_name }`, answered as its bytes; this media type, or JSON. */
  readonly binary?: string;
}

export interface ApiMeta {
  readonly rest: RestMeta;
}

const t = initTRPC
  .context<ApiContext>()
  .meta<ApiMeta>()
  .create({
    isDev: false,
    // The listener cuts what is silent for ten seconds.
    sse: { ping: { enabled: true, intervalMs: 5_000 } },
    /** What a tRPC client sees of an error; the same facts as the REST envelope. */
    errorFormatter({ shape, error, ctx }) {
      const known = asMaskerError(error);
      return {
        code: shape.code,
        message: known.message,
        data: {
          code: known.code,
          httpStatus: statusOf(known.code),
          request_id: ctx?.requestId ?? null,
          ...(known.details ? { details: known.details } : {}),
        },
      };
    },
  });

const TRPC_CODES: Readonly<Record<number, TRPC_ERROR_CODE_KEY>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
  504: "GATEWAY_TIMEOUT",
};

/** Whatever a procedure threw, as the error that clients are told of. Never the message of an unknown one. */
export function asMaskerError(thrown: unknown): MaskerError {
  if (thrown instanceof MaskerError) return thrown;
  if (!(thrown instanceof TRPCError)) return new MaskerError("internal_error", { cause: thrown });
  if (thrown.cause instanceof MaskerError) return thrown.cause;
  switch (thrown.code) {
    case "BAD_REQUEST":
    case "PARSE_ERROR":
    case "UNSUPPORTED_MEDIA_TYPE":
      return thrown.cause instanceof ZodError
        ? validationError(thrown.cause)
        : new MaskerError("validation_failed", { cause: thrown });
    case "NOT_FOUND":
      return new MaskerError("not_found", { cause: thrown });
    case "METHOD_NOT_SUPPORTED":
      return new MaskerError("method_not_allowed", { cause: thrown });
    case "PAYLOAD_TOO_LARGE":
      return new MaskerError("payload_too_large", { cause: thrown });
    default:
      return new MaskerError("internal_error", { cause: thrown });
  }
}

/** Gives tRPC the status that belongs to our code; it would call every foreign error a 500. */
const convertErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const known = asMaskerError(result.error);
  throw new TRPCError({
    code: TRPC_CODES[statusOf(known.code)] ?? "INTERNAL_SERVER_ERROR",
    message: known.message,
    cause: known,
  });
});

/** Checks the guard that the procedure's metadata names. A procedure without metadata answers nobody. */
const guard = t.middleware(async ({ ctx, meta, next }) => {
  const rest = meta?.rest;
  if (!rest) throw new MaskerError("internal_error");
  if (ctx.crossOrigin) throw new MaskerError("forbidden", { message: "This request came from another site." });
  ctx.limitRate();
  if (rest.access === "public") return next();
  const principal = ctx.principal;
  if (!principal) throw new MaskerError("unauthenticated");
  if (rest.access === "user" && principal.sessionHash === null) {
    throw new MaskerError("forbidden", { message: "Only a signed-in person can do this, not an API token." });
  }
  if (rest.access !== "user" && rest.access !== "signed_in" && !principal.permissions.has(rest.access)) {
    throw new MaskerError("forbidden", { message: `This needs the permission ${rest.access}.` });
  }
  if (rest.adminOnly && principal.role !== "admin") {
    throw new MaskerError("forbidden", { message: "Only an admin can do this." });
  }
  return next();
});

const guarded = t.procedure.use(convertErrors).use(guard);

/** For `access: "public"`: nobody need be signed in. */
export const publicProcedure = guarded;

/** For every other access: the context holds who is calling. */
export const procedure = guarded.use(({ ctx: { principal }, next }) => {
  if (!principal) throw new MaskerError("unauthenticated");
  return next({ ctx: { principal } });
});

/** For `access: "user"`: the context also holds the person and the session that they came with. */
export const userProcedure = guarded.use(({ ctx: { principal }, next }) => {
  if (!principal?.user || principal.sessionHash === null) throw new MaskerError("unauthenticated");
  return next({ ctx: { principal, user: principal.user, sessionHash: principal.sessionHash } });
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;
