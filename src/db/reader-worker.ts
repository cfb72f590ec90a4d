/** Entry point of the reader's thread. The first message names the file; each further one is a read. */
import { type OpenDb, openReadOnly } from "./open.ts";
import type { ReadReply, ReadRequest } from "./reader.ts";
import { READS } from "./reads.ts";

declare const self: Worker;

let database: OpenDb | null = null;

self.onmessage = async ({ data }: MessageEvent<{ readonly path: string } | ReadRequest>) => {
  if ("path" in data) database = openReadOnly(data.path);
  else self.postMessage(await answer(data));
};

async function answer({ id, name, args }: ReadRequest): Promise<ReadReply> {
  try {
    if (!database) throw new Error("not open");
    const read = READS[name] as (...all: unknown[]) => Promise<unknown>;
    return { id, result: await read(database.db, ...args) };
  } catch (thrown) {
    // The class only: the message of a database error holds the parameters.
    return { id, failed: thrown instanceof Error ? thrown.constructor.name : "unknown" };
  }
}
