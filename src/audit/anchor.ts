/**
 * Tells the count and the head of the chain to something outside the data folder at every checkpoint: the only thing against
 * which a rollback of the whole folder can be found.
 */
import { createSocket } from "node:dgram";
import { appendFile } from "node:fs/promises";
import { connect } from "node:net";
import { hostname } from "node:os";
import type { Checkpoint } from "./checkpoint.ts";

/** Sends one checkpoint; rejects when the target did not take it. */
export type Anchor = (checkpoint: Checkpoint) => Promise<void>;

const SYSLOG_PORT = 514;
/** Facility 13 (log audit), severity 5 (notice): RFC 5424, 6.2.1. */
const PRIORITY = 13 * 8 + 5;
const TCP_TIMEOUT_MS = 5000;

/**
 * Anchor for a setting: a file path, `syslog://host[:port]` or `syslog+udp://` (datagrams), or `syslog+tcp://` (octet
 * counting, RFC 6587).
 * @throws TypeError for an address of another kind.
 */
export function anchorFor(target: string): Anchor {
  if (!/^[a-z][a-z+]*:\/\//i.test(target)) {
    return (checkpoint) => appendFile(target, `${anchorLine(checkpoint)}\n`, { mode: 0o600 });
  }
  const url = new URL(target);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? SYSLOG_PORT : Number(url.port);
  switch (url.protocol) {
    case "syslog:":
    case "syslog+udp:":
      return (checkpoint) => sendDatagram(host, port, syslogMessage(checkpoint));
    case "syslog+tcp:":
      return (checkpoint) => sendOverTcp(host, port, syslogMessage(checkpoint));
    default:
      throw new TypeError("the audit anchor is a file path or a syslog:// or syslog+tcp:// address");
  }
}

/** `<time> seq=<count> head=<hash> node=<node> key_id=<id>`. */
function anchorLine({ time, seq, hash, node, key_id }: Checkpoint): string {
  return `${time} seq=${seq} head=${hash} node=${node.replace(/\s/g, "_")} key_id=${key_id}`;
}

/** What the lines of an anchor say, whatever a collector put before and behind them; by seq. */
export function readAnchorLines(text: string): { readonly seq: number; readonly hash: string }[] {
  const lines = [...text.matchAll(/\bseq=(\d{1,15}) head=([0-9a-f]{64})\b/g)];
  return lines.map(([, seq, hash]) => ({ seq: Number(seq), hash: hash ?? "" })).sort((a, b) => a.seq - b.seq);
}

function syslogMessage(checkpoint: Checkpoint): string {
  return `<${PRIORITY}>1 ${checkpoint.time} ${hostname()} masker ${process.pid} audit-anchor - ${anchorLine(checkpoint)}`;
}

function sendDatagram(host: string, port: number, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    const done = (error: Error | null) => {
      socket.close();
      if (error === null) resolve();
      else reject(error);
    };
    socket.once("error", done);
    socket.send(message, port, host, (error) => done(error ?? null));
  });
}

function sendOverTcp(host: string, port: number, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(TCP_TIMEOUT_MS, () => socket.destroy(new Error("the anchor does not answer")));
    socket.once("error", reject);
    socket.once("connect", () => socket.end(`${Buffer.byteLength(message)} ${message}`, () => resolve()));
  });
}
