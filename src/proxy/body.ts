import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { MaskerError } from "../errors.ts";

const DECODERS = { gzip: gunzipSync, "x-gzip": gunzipSync, deflate: inflateSync, br: brotliDecompressSync } as const;

/** The bytes of a request body, as sent and with its content encoding undone. */
export interface RequestBody {
  /** What a platform's signature is made over. */
  readonly raw: Uint8Array;
  readonly text: string;
}

/**
 * Reads a body up to `maxBytes`, before and after decompression, as UTF-8.
 * @throws MaskerError payload_too_large; validation_failed for an unknown encoding, broken compression or invalid UTF-8.
 */
export async function readBody(request: Request, maxBytes: number): Promise<RequestBody> {
  const raw = await readBounded(request, maxBytes);
  const plain = decompress(raw, request.headers.get("content-encoding"), maxBytes);
  try {
    return { raw, text: new TextDecoder("utf-8", { fatal: true }).decode(plain) };
  } catch {
    throw new MaskerError("validation_failed", { message: "The body is not valid UTF-8." });
  }
}

async function readBounded(request: Request, maxBytes: number): Promise<Uint8Array> {
  // A declared length over the limit is refused before anything is read; the listener reads no more than was declared.
  const declared = request.headers.get("content-length");
  if (declared !== null) {
    if (!(Number(declared) <= maxBytes)) throw new MaskerError("payload_too_large");
    const whole = new Uint8Array(await request.arrayBuffer());
    if (whole.length > maxBytes) throw new MaskerError("payload_too_large");
    return whole;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new MaskerError("payload_too_large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function decompress(raw: Uint8Array, encoding: string | null, maxBytes: number): Uint8Array {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (name === "identity" || name === "") return raw;
  if (!Object.hasOwn(DECODERS, name)) {
    throw new MaskerError("validation_failed", { message: "The content encoding is not supported." });
  }
  try {
    return DECODERS[name as keyof typeof DECODERS](raw, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw new MaskerError("payload_too_large");
    throw new MaskerError("validation_failed", { message: "The body cannot be decompressed.", cause });
  }
}
