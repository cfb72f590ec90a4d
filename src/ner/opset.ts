/**
 * Reads the version of the standard operator set out of an ONNX file (a protobuf ModelProto, onnx.proto3): field 8 is
 * `opset_import`, each with `domain` (1) and `version` (2). The graph (field 7) is stepped over, not read.
 * @returns null when the bytes are no ModelProto, are cut short or name no standard operator set.
 */
export function readOpset(bytes: Uint8Array): number | null {
  let opset: number | null = null;
  let sawGraph = false;
  for (const field of fields(bytes)) {
    if (field === null) return null;
    if (field.number === 7) sawGraph = true;
    if (field.number !== 8 || field.bytes === null) continue;
    let domain = "";
    let version = 0;
    for (const inner of fields(field.bytes)) {
      if (inner === null) return null;
      if (inner.number === 1 && inner.bytes !== null) domain = new TextDecoder().decode(inner.bytes);
      if (inner.number === 2) version = inner.value;
    }
    if (domain === "" || domain === "ai.onnx") opset = version;
  }
  return sawGraph ? opset : null;
}

interface Field {
  readonly number: number;
  /** Of a varint; 0 otherwise. */
  readonly value: number;
  /** Of a length-delimited field; null otherwise. */
  readonly bytes: Uint8Array | null;
}

/** The fields of one message; null, once and last, where the bytes make no sense. */
function* fields(bytes: Uint8Array): Generator<Field | null> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length && scale <= 2 ** 49; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    const wire = key % 8;
    let field: Field | null = null;
    if (wire === 0) field = { number, value: varint(), bytes: null };
    else if (wire === 1 || wire === 5) {
      at += wire === 1 ? 8 : 4;
      field = { number, value: 0, bytes: null };
    } else if (wire === 2) {
      const length = varint();
      field = { number, value: 0, bytes: bytes.subarray(at, at + length) };
      at += length;
    }
    if (field === null || !(number > 0) || Number.isNaN(field.value) || !(at <= bytes.length)) {
      yield null;
      return;
    }
    yield field;
  }
}
