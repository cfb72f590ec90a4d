/**
 * How a command logs while the server runs: it hands its events to the one writer over a local socket in the data folder,
 * one request a connection, a line of JSON each way. When nobody listens the command takes the lock and writes itself.
 */
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { MaskerError } from "../errors.ts";
import type { Log } from "../log/log.ts";
import type { AuditEvent, AuditEventInput, AuditSink } from "./event.ts";
import { type AuditLogOptions, openAuditLog } from "./log.ts";

/** A request is a few events; more is a mistake and must not fill the memory. */
const MAX_REQUEST = 1 << 20;
const REPLY_TIMEOUT_MS = 10_000;

type Reply = { readonly events: readonly AuditEvent[] } | { readonly error: "audit_unavailable" | "validation_failed" };

/** `audit.sock` in the data folder. */
export function auditSocketPath(dataDir: string): string {
  return join(dataDir, "audit.sock");
}

/**
 * Listens at `path` (mode 0600) and appends what commands hand over. Called by the holder of the log's lock: a socket that
 * is already there was left by a process that died.
 * @throws what the system throws when it cannot listen there (a path over some 100 bytes, a file system without sockets).
 */
export async function serveAppends(options: {
  readonly path: string;
  readonly audit: AuditSink;
  readonly log: Log;
}): Promise<{ close(): Promise<void> }> {
  const { path, audit, log } = options;
  rmSync(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(REPLY_TIMEOUT_MS, () => socket.destroy());
    readLine(socket)
      .then((line) => answer(line, audit))
      .then((reply) => socket.end(`${JSON.stringify(reply)}\n`))
      .catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // The socket is never open to others, not even between its making and the chmod.
    const before = process.umask(0o177);
    try {
      server.listen(path, resolve);
    } finally {
      process.umask(before);
    }
  });
  chmodSync(path, 0o600);
  server.on("error", () => log.error("the audit socket failed", { component: "audit_log" }));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          rmSync(path, { force: true });
          resolve();
        });
        // A command that says nothing must not hold up the shutdown.
        for (const socket of open) socket.destroy();
      }),
  };
}

async function answer(line: string, audit: AuditSink): Promise<Reply> {
  try {
    const { events } = JSON.parse(line) as { readonly events: readonly AuditEventInput[] };
    return { events: await audit.append(events) };
  } catch (thrown) {
    const refused = thrown instanceof MaskerError && thrown.code === "audit_unavailable";
    return { error: refused ? "audit_unavailable" : "validation_failed" };
  }
}

/**
 * Hands events to the server that listens at `path`; null when none does.
 * @throws MaskerError audit_unavailable when the server could not write them.
 */
export async function appendThroughServer(
  path: string,
  events: readonly AuditEventInput[],
): Promise<readonly AuditEvent[] | null> {
  const socket = await connected(path);
  if (socket === null) return null;
  try {
    socket.setTimeout(REPLY_TIMEOUT_MS, () => socket.destroy(new Error("no reply")));
    socket.write(`${JSON.stringify({ events })}\n`);
    const reply = JSON.parse(await readLine(socket)) as Reply;
    if ("events" in reply) return reply.events;
    throw new MaskerError(reply.error);
  } catch (thrown) {
    throw thrown instanceof MaskerError ? thrown : new MaskerError("audit_unavailable", { cause: thrown });
  } finally {
    socket.destroy();
  }
}

/**
 * Appends from a command: through the server when one runs, else by taking the lock for the moment.
 * @throws MaskerError audit_unavailable when neither is possible.
 */
export async function appendFromCommand(
  dataDir: string,
  options: AuditLogOptions,
  events: readonly AuditEventInput[],
): Promise<readonly AuditEvent[]> {
  const appended = await appendThroughServer(auditSocketPath(dataDir), events);
  if (appended !== null) return appended;
  const audit = await openAuditLog({ ...options, verifyInBackground: false });
  try {
    return await audit.append(events);
  } finally {
    await audit.close();
  }
}

function connected(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(null));
  });
}

/** The first line that comes; rejects when it is too long or does not end. */
function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_REQUEST) reject(new Error("too long"));
      else if (chunk.includes(10)) resolve(Buffer.concat(chunks).toString("utf8").split("\n", 1)[0] ?? "");
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
  });
}
