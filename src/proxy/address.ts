import { BlockList, isIP } from "node:net";

/** True when `address` is in the list of addresses and CIDR blocks. An unreadable entry matches nothing. */
export function isAllowedAddress(address: string | null, allowed: readonly string[]): boolean {
  if (address === null || allowed.length === 0) return false;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  const family = familyOf(plain);
  if (family === null) return false;
  const list = new BlockList();
  for (const entry of allowed) {
    const [base = "", bits] = entry.trim().split("/");
    const entryFamily = familyOf(base);
    if (entryFamily === null) continue;
    const width = entryFamily === "ipv4" ? 32 : 128;
    const prefix = bits === undefined ? width : Number(bits);
    if (Number.isInteger(prefix) && prefix >= 0 && prefix <= width) list.addSubnet(base, prefix, entryFamily);
  }
  return list.check(plain, family);
}

function familyOf(address: string): "ipv4" | "ipv6" | null {
  const version = isIP(address);
  return version === 4 ? "ipv4" : version === 6 ? "ipv6" : null;
}
