import { writeFile } from "node:fs/promises";
import { MaskerError } from "../errors.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { progressBar } from "./progress-bar.ts";
import { SERVER_OPTIONS, type ServerClient, withServer } from "./server-client.ts";

const POLL_MS = 250;

interface Job {
  readonly id: string;
  readonly status: string;
  readonly progress: number;
  readonly error_code: string | null;
}

export const reportCommand: Command = {
  name: "report",
  summary: "Has a server make a signed compliance report of a session, an agent or the whole account",
  options: {
    ...SERVER_OPTIONS,
    "session-id": { value: "ID", summary: "about one session" },
    "agent-id": { value: "ID", summary: "about one agent in the window" },
    since: { value: "WHEN", summary: "begin of the window: 24h, 7d, or an ISO 8601 time (30d)" },
    until: { value: "WHEN", summary: "its end (now)" },
    format: { value: "FORMAT", summary: "json or pdf (by the name of the output)" },
    output: { value: "FILE", summary: "file to write, needed" },
  },
  async run(call) {
    const { options, io } = call;
    const output = options.get("output");
    if (output === undefined) throw new UsageError("--output takes the file to write");
    const format = options.get("format") ?? (output.toLowerCase().endsWith(".pdf") ? "pdf" : "json");
    if (format !== "json" && format !== "pdf") throw new UsageError("--format takes json or pdf");
    const [session, agent] = [options.get("session-id"), options.get("agent-id")];
    if (session !== undefined && agent !== undefined) throw new UsageError("--session-id or --agent-id, not both");
    const asked = { session_id: session, agent_id: agent, since: options.get("since"), until: options.get("until") };
    return withServer(call, async (server) => {
      const bar = progressBar(io, "making the report", options.has("quiet"));
      const id = await finishedJob(server, { ...asked, format }, (done) => bar.update(done, 1)).finally(bar.end);
      await writeReport(output, await server.download(`/reports/jobs/${id}/report`));
      if (options.has("json")) await io.out(`${JSON.stringify({ file: output, format })}\n`);
      else if (!options.has("quiet")) await io.out(`${output}\n`);
      return EXIT.ok;
    });
  },
};

/** As a job: a report over months takes longer than a connection may be silent. */
async function finishedJob(server: ServerClient, asked: object, show: (progress: number) => void): Promise<string> {
  let { job } = (await server.send("POST", "/reports/jobs", asked)) as { job: Job };
  while (job.status !== "done") {
    if (job.status === "failed") throw new MaskerError("report_generation_failed");
    await Bun.sleep(POLL_MS);
    ({ job } = (await server.send("GET", `/reports/jobs/${job.id}`)) as { job: Job });
    show(job.progress);
  }
  return job.id;
}

async function writeReport(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes).catch((cause) => {
    throw new MaskerError("internal_error", { message: "The output cannot be written.", cause });
  });
}
