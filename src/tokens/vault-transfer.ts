import { parseToken } from "./token.ts";
import type { Vault, VaultRow } from "./vault.ts";

const BATCH = 500;

/** What one line of an exported vault holds; bytes in base64. The values stay sealed under the kid's key. */
interface VaultLine {
  readonly v: 1;
  readonly agent_id: string;
  readonly token: string;
  readonly lookup: string;
  readonly key_id: string;
  readonly sealed: string;
  readonly created_at: number;
  readonly last_used_at: number;
}

/** Every row as one line of JSON, in order; read in batches, so that the memory stays flat. */
export function* exportVault(vault: Vault): Generator<string> {
  let after = { agentId: "", token: "" };
  for (;;) {
    const rows = vault.rowsAfter(after, BATCH);
    const last = rows.at(-1);
    if (last === undefined) return;
    for (const row of rows) yield `${JSON.stringify(lineOf(row))}\n`;
    after = { agentId: last.agent_id, token: last.token };
  }
}

/**
 * Adds one exported line. A row that is there already stays as it is.
 * @returns false when the line is none of a vault's
 */
export function importLine(vault: Vault, text: string): boolean {
  const row = rowOf(text);
  if (row === null) return false;
  vault.insert(row);
  return true;
}

function lineOf(row: VaultRow): VaultLine {
  return {
    v: 1,
    agent_id: row.agent_id,
    token: row.token,
    lookup: Buffer.from(row.lookup).toString("base64"),
    key_id: row.key_id,
    sealed: Buffer.from(row.sealed).toString("base64"),
    created_at: row.created_at,
    last_used_at: row.last_used_at,
  };
}

function rowOf(text: string): VaultRow | null {
  const line = parseLine(text);
  const token = line === null ? null : parseToken(line.token);
  if (line === null || token === null) return null;
  return {
    agent_id: line.agent_id,
    token: line.token,
    kid: token.kid,
    kind: token.kind,
    lookup: new Uint8Array(Buffer.from(line.lookup, "base64")),
    key_id: line.key_id,
    sealed: new Uint8Array(Buffer.from(line.sealed, "base64")),
    created_at: line.created_at,
    last_used_at: line.last_used_at,
  };
}

function parseLine(text: string): VaultLine | null {
  let line: Partial<VaultLine> | null;
  try {
    line = JSON.parse(text);
  } catch {
    return null;
  }
  const strings = [line?.agent_id, line?.token, line?.lookup, line?.key_id, line?.sealed];
  const whole = strings.every((field) => typeof field === "string" && field !== "");
  const timed = Number.isSafeInteger(line?.created_at) && Number.isSafeInteger(line?.last_used_at);
  return line?.v === 1 && whole && timed ? (line as VaultLine) : null;
}
