/** IPv4 (RFC 791) and IPv6 (RFC 4291) addresses, written and said. */
import { isIPv6 } from "node:net";
import type { Found, Reading, Recognizer } from "../recognizer.ts";

const isV6 = (text: string, i: number) => {
  const code = text.charCodeAt(i);
  return (code >= 48 && code <= 58) || (code >= 97 && code <= 102) || code === 46;
};

/** Looks at each maximal stretch of hexadecimal digits and colons once. */
function* findV6(reading: Reading): Iterable<Found> {
  const text = reading.folded.text;
  for (let at = text.indexOf(":"), done = 0; at >= 0; at = text.indexOf(":", done)) {
    let from = at;
    while (from > done && isV6(text, from - 1)) from--;
    let to = at + 1;
    while (to < text.length && isV6(text, to)) to++;
    done = to;
    while (to > from && /[.:]/.test(text[to - 1] as string) && !text.startsWith("::", to - 2)) to--;
    if (to - from < 4 || to - from > 45 || /[\p{L}\d]/u.test(text[from - 1] ?? "") || !isIPv6(text.slice(from, to)))
      continue;
    yield { from, to, kind: "IP_ADDRESS", score: 0.92, validated: true };
  }
}

export const ipAddress: Recognizer = {
  name: "ip-address",
  kind: "IP_ADDRESS",
  cues: [
    "ip",
    "ip address",
    "ipv4",
    "ipv6",
    "i p",
    "i p address",
    "router",
    "modem",
    "client ip",
    "static ip",
    "remote addr",
  ],
  codes: [
    {
      name: "v4",
      grouped: true,
      pattern: /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|\d{1,2})\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|\d{1,2})$/,
      alone: 0.85,
      cued: 0.97,
      valid: () => true,
    },
    { name: "v6", grouped: true, pattern: /^(?=(?:[^:]*:){3})[\dA-F:]{6,40}$/, alone: 0.7, cued: 0.9 },
    { name: "part", grouped: true, pattern: /^\d{1,3}(?:\.\d{1,3}){1,3}$/, alone: 0, cued: 0.8 },
  ],
  find: findV6,
  hits: [
    "from «203.0.113.77» last night",
    "it's «one ninety two dot one sixty eight dot one dot twenty four»",
    "host «2001:db8::8a2e:370:7334»",
  ],
  misses: ["at 10:30:45 today", "A1c 7.1", "ratio 1:2:3"],
};
