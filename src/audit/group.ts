import { chainLine } from "./chain.ts";
import type { AuditEvent } from "./event.ts";
import type { LinePosition } from "./walk-result.ts";

/** An event that is on disk: `line` is its stored text, the leaf of its session's Merkle tree. */
export interface CommittedEvent {
  readonly event: AuditEvent;
  readonly position: LinePosition;
  readonly line: string;
}

/** Lines of one round, chained one after the other. */
export class Group {
  readonly committed: CommittedEvent[] = [];
  readonly #lines: string[] = [];
  bytes = 0;
  eventHash: string | null = null;

  constructor(
    private readonly key: Uint8Array,
    private readonly segment: number,
    private readonly start: number,
    public hash: string,
    public seq: number,
  ) {}

  header(fields: Readonly<Record<string, unknown>>): void {
    this.#line(fields);
  }

  event(fields: Readonly<Record<string, unknown>>): void {
    const prev_hash = this.hash;
    const seq = this.seq + 1;
    const offset = this.start + this.bytes;
    const line = this.#line({ ...fields, seq });
    this.seq = seq;
    this.eventHash = this.hash;
    const event = { ...fields, seq, prev_hash, this_hash: this.hash } as unknown as AuditEvent;
    const position = { segment: this.segment, offset, length: this.start + this.bytes - offset - 1 };
    this.committed.push({ event, position, line });
  }

  text(): string {
    return this.#lines.join("");
  }

  #line(fields: Readonly<Record<string, unknown>>): string {
    const { text, this_hash } = chainLine(this.key, this.hash, fields);
    this.#lines.push(`${text}\n`);
    this.bytes += Buffer.byteLength(text) + 1;
    this.hash = this_hash;
    return text;
  }
}
