import { stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { appendFromCommand, appendThroughServer, auditSocketPath, serveAppends } from "../../src/audit/socket.ts";
import { verifyLog } from "../../src/audit/verify.ts";
import { KEY, lines, open, redaction, SEED, SILENT, temporaryFolder } from "./fixture.ts";

async function setUp() {
  const folder = await temporaryFolder();
  const path = join(folder, "audit.log");
  const options = { path, key: KEY, signingSeed: SEED, node: "command", log: SILENT };
  return { folder, path, options, socket: auditSocketPath(folder) };
}

describe("appending from a command", () => {
  it("goes through the server while one runs, and to the file when none does", async () => {
    const { folder, path, options, socket } = await setUp();
    const audit = await open(path);
    const server = await serveAppends({ path: socket, audit, log: SILENT });
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    const [first] = await appendFromCommand(folder, options, [redaction(1)]);
    expect(first).toMatchObject({ seq: 1, node: "node-1" });
    await server.close();
    await audit.close();
    const [second] = await appendFromCommand(folder, options, [redaction(2)]);
    expect(second).toMatchObject({ seq: 2, node: "command" });
    expect((await lines(path)).at(-1)).toContain(second!.this_hash);
    expect(await verifyLog({ path, key: KEY })).toMatchObject({ ok: true, events: 2 });
  });

  it("is refused when the log is held and nobody listens", async () => {
    const { folder, path, options } = await setUp();
    const audit = await open(path);
    await expect(appendFromCommand(folder, options, [redaction(1)])).rejects.toMatchObject({
      code: "audit_unavailable",
    });
    await audit.close();
  });

  it("refuses what is no event and goes on serving", async () => {
    const { path, socket } = await setUp();
    const audit = await open(path);
    const server = await serveAppends({ path: socket, audit, log: SILENT });
    for (const sent of ["{}\n", "nothing\n", '{"events":[{"kind":"made_up","scope":{},"body":{}}]}\n', "[]\n", "\n"]) {
      const reply = await new Promise<string>((resolve) => {
        const client = connect({ path: socket }, () => client.write(sent));
        client.on("data", (data) => resolve(data.toString()));
      });
      expect(JSON.parse(reply)).toEqual({ error: "validation_failed" });
    }
    expect(await appendThroughServer(socket, [redaction(1)])).toHaveLength(1);
    await server.close();
    await audit.close();
  });

  it("replaces a socket that a dead process left", async () => {
    const { path, socket } = await setUp();
    const crashed = Bun.spawnSync([
      process.execPath,
      "-e",
      `require("node:net").createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, "SIGKILL"))`,
    ]);
    expect(crashed.signalCode).toBe("SIGKILL");
    expect(await appendThroughServer(socket, [redaction(1)])).toBeNull();
    const audit = await open(path);
    const server = await serveAppends({ path: socket, audit, log: SILENT });
    expect(await appendThroughServer(socket, [redaction(1)])).toHaveLength(1);
    await server.close();
    await audit.close();
  });
});
