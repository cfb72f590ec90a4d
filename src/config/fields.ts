/** The forms that settings are written in. Every schema takes the text of a variable; messages never repeat it. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { z } from "zod";

/** A schema that reads text and reports what `read` throws as its one problem. */
function reads<T>(read: (text: string) => T) {
  return z.string().transform((text, context): T => {
    try {
      return read(text.trim());
    } catch (thrown) {
      context.addIssue({ code: "custom", message: thrown instanceof Problem ? thrown.message : "cannot be read" });
      return z.NEVER;
    }
  });
}

class Problem extends Error {}

export const text = reads((value) => value);
export const filePath = reads((value) => resolve(value));
export const list = reads(splitList);

/** `1`/`0`, `true`/`false`, `yes`/`no`, `on`/`off`. */
export const flag = reads((value) => {
  const lower = value.toLowerCase();
  if (["1", "true", "yes", "on"].includes(lower)) return true;
  if (["0", "false", "no", "off"].includes(lower)) return false;
  throw new Problem("must be 1 or 0");
});

export function wholeNumber(min: number, max: number) {
  return reads((value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) throw new Problem(`must be a whole number from ${min} to ${max}`);
    return number;
  });
}

export function oneOf<const T extends readonly string[]>(choices: T) {
  return reads((value): T[number] => {
    const found = choices.find((choice) => choice === value.toLowerCase());
    if (found === undefined) throw new Problem(`must be one of ${choices.join(", ")}`);
    return found;
  });
}

/** `host:port`, `[::1]:port` or `:port` (every address of the machine). Port 0 lets the system choose. */
export const address = reads((value) => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (!match || port > 65535) throw new Problem("must be host:port, with an IPv6 host in brackets");
  return { host: match[1] ?? (match[2] || "0.0.0.0"), port };
});

/** Bytes: a whole number, or one with KiB or MiB behind it. */
export const byteCount = reads((value) => {
  const match = /^(\d{1,12})\s*(KiB|MiB)?$/i.exec(value);
  const unit = { kib: 1024, mib: 1024 * 1024 }[match?.[2]?.toLowerCase() ?? ""] ?? 1;
  const bytes = match ? Number(match[1]) * unit : 0;
  if (bytes < 1024 || bytes > 1024 ** 3) throw new Problem("must be 1 KiB to 1024 MiB, such as 4 MiB or 4194304");
  return bytes;
});

/** An http(s) address without credentials, query or fragment; the trailing slash is dropped. */
export const httpUrl = reads((value) => {
  const url = parseUrl(value);
  if (url.username || url.password || url.search || url.hash) {
    throw new Problem("must have no credentials, query or fragment");
  }
  return url.href.replace(/\/+$/, "");
});

/** Like httpUrl, and nothing behind the host: cookies and proxy URLs live at the root. */
export const origin = reads((value) => {
  const url = parseUrl(value);
  if (url.origin !== url.href.replace(/\/+$/, "")) throw new Problem("must be only scheme, host and port");
  return url.origin;
});

/**
 * Base address of an OpenAI-compatible server. A bare host gets `/v1`, because that is where such servers answer; an
 * address with a path is taken as it is written (`https://x.openai.azure.com/openai/v1`).
 */
export const apiBaseUrl = httpUrl.transform((url) => (new URL(url).pathname === "/" ? `${url}/v1` : url));

/** `sqlite://PATH`; gives the path. */
export const databaseUrl = reads((value) => {
  if (/^postgres(ql)?:/i.test(value)) {
    throw new Problem("PostgreSQL is not supported yet; use sqlite://PATH, or leave it out");
  }
  const match = /^sqlite:\/\/(.+)$/.exec(value);
  if (!match?.[1]) throw new Problem("must be sqlite://PATH");
  return resolve(match[1]);
});

/** Addresses or CIDR blocks, separated by commas. */
export const addressBlocks = reads((value) =>
  splitList(value).map((block) => {
    const [host = "", bits, ...rest] = block.split("/");
    const family = isIP(host);
    const size = family === 4 ? 32 : 128;
    const bitsFit = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= size);
    if (family === 0 || !bitsFit || rest.length > 0) {
      throw new Problem("must be addresses or CIDR blocks, separated by commas");
    }
    return block;
  }),
);

/** A header's name (RFC 9110 token), lower case. */
export const headerName = reads((value) => {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(value)) throw new Problem("must be the name of a header");
  return value.toLowerCase();
});

/** Where checkpoints are told: a file, or `syslog://host:port`. */
export const anchor = reads((value) => {
  if (!value.startsWith("syslog:")) return resolve(value);
  if (!/^syslog:\/\/[^/:\s]+:\d{1,5}$/.test(value)) throw new Problem("must be a file or syslog://host:port");
  return value;
});

/** `off`, `on`, or `proxy=100/200,api=30/60`: requests a second and how many may come at once. */
export const rateLimit = reads((value) => {
  const limits = { enabled: true, proxy: { perSecond: 100, burst: 200 }, api: { perSecond: 30, burst: 60 } };
  const lower = value.toLowerCase();
  if (["off", "0", "false"].includes(lower)) return { ...limits, enabled: false };
  if (["on", "1", "true"].includes(lower)) return limits;
  for (const part of splitList(lower)) {
    const match = /^(proxy|api)=([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(part);
    if (!match) throw new Problem("must be off, on, or like proxy=100/200,api=30/60");
    limits[match[1] as "proxy" | "api"] = { perSecond: Number(match[2]), burst: Number(match[3]) };
  }
  return limits;
});

function splitList(value: string): readonly string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function parseUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new Problem("must be an http:// or https:// address");
  }
  return url;
}
