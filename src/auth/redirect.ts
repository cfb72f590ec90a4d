import { MaskerError } from "../errors.ts";

const PROBE = "http://redirect.invalid";

/**
 * A path on this origin to go to after sign-in (auth, 2). Refused: absolute and scheme-relative URLs, backslashes (browsers
 * read them as slashes), control characters and blanks (browsers drop them), and the same hidden behind percent signs,
 * however often encoded.
 * @throws MaskerError validation_failed
 */
export function checkRedirect(redirectTo: string): string {
  let text = redirectTo;
  for (let depth = 0; depth < 8; depth++) {
    if (!isLocalPath(text)) throw refused();
    const decoded = decodeOnce(text);
    if (decoded === null) throw refused();
    if (decoded === text) return redirectTo;
    text = decoded;
  }
  throw refused();
}

function isLocalPath(text: string): boolean {
  if (text.length > 1024 || !text.startsWith("/") || /[\\\u0000-\u0020\u007f-\u{10ffff}]/u.test(text)) return false;
  // `/.//evil` and `/x/..//evil` resolve to a scheme-relative path.
  if (text.includes("//") || !URL.canParse(text, PROBE)) return false;
  const url = new URL(text, PROBE);
  return url.origin === PROBE && !url.pathname.startsWith("//");
}

function decodeOnce(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function refused(): MaskerError {
  return new MaskerError("validation_failed", {
    details: [{ path: "redirect_to", message: "must be a path on this origin" }],
  });
}
