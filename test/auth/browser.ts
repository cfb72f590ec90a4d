/** A browser as far as sign-in needs one: cookies by host, redirects followed until they leave for an address given. */
export function createBrowser() {
  const jars = new Map<string, Map<string, string>>();

  function cookieHeader(url: URL): string {
    return [...(jars.get(url.host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  function keep(url: URL, headers: Headers): void {
    const jar = jars.get(url.host) ?? new Map<string, string>();
    jars.set(url.host, jar);
    for (const line of headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
  }

  async function visit(url: URL, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("cookie", cookieHeader(url));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    keep(url, response.headers);
    return response;
  }

  return {
    visit,
    /** Goes where redirects lead; the last URL is the one that begins with `until`, or where no redirect followed. */
    async follow(start: URL, until: string, init: RequestInit = {}): Promise<{ url: URL; response: Response | null }> {
      let url = start;
      let response = await visit(url, init);
      for (let hops = 0; hops < 20; hops++) {
        const location = response.headers.get("location");
        if (location === null) return { url, response };
        url = new URL(location, url);
        if (url.href.startsWith(until)) return { url, response: null };
        response = await visit(url);
      }
      throw new Error("too many redirects");
    },
  };
}
