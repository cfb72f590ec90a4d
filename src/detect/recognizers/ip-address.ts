/** IPv4 (RFC 791) and IPv6 (RFC 4291) addresses, written and said. */
import { isIPv6 } from "node:net";
import type { Found, Reading, Recognizer } from "../recognizer.ts";

function* findV6(reading: Reading): Iterable<Found> {
  const text = reading.folded.text;
  for (let at = text.indexOf(":"), done = 0; at >= 0; at = text.indexOf(":", Math.max(at + 1, done))) {
    let from = at;
    while (from > done && at - from < 5 && /[\da-f]/.test(text[from - 1] as string)) from--;
    if (from > 0 && /[\p{L}\d]/u.test(text[from - 1] as string)) continue;
    let to = at;
    while (to < text.length && to - from < 46 && /[\da-f:.]/.test(text[to] as string)) to++;
    while (to > from && text[to - 1] === ".") to--;
    if (to - from >= 4 && isIPv6(text.slice(from, to))) {
      yield { from, to, kind: "IP_ADDRESS", score: 0.92, validated: true };
      done = to;
    }
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
