import type { FileHandle } from "node:fs/promises";
import { open, rm } from "node:fs/promises";
import { z } from "zod";

const CHUNK_BYTES = 1 << 18;

/** A file as a procedure answers it; REST sends its bytes. */
export const fileOutput = z.object({
  content_type: z.string(),
  file_name: z.string(),
  body: z.custom<ReadableStream<Uint8Array>>((value) => value instanceof ReadableStream),
});
export type FileAnswer = z.infer<typeof fileOutput>;

/** The bytes of a file as they are asked for, so that a large one neither fills the memory nor holds up calls in progress. */
export function streamFile(
  path: string,
  { removeAfter }: { readonly removeAfter: boolean },
): ReadableStream<Uint8Array> {
  let file: FileHandle | null = null;
  const end = async () => {
    await file?.close();
    file = null;
    if (removeAfter) await rm(path, { force: true });
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        file ??= await open(path, "r");
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, null);
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
        await end();
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}
