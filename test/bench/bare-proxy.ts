/** The least that a proxy can do, in a process of its own: parses the body, forwards it, returns the answer. Prints its port. */
const [provider] = process.argv.slice(2);

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  async fetch(request) {
    const body = (await request.json()) as { readonly stream?: boolean };
    const answer = await fetch(`${provider}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const headers = { "content-type": answer.headers.get("content-type") ?? "" };
    return new Response(body.stream ? answer.body : await answer.text(), { headers });
  },
});
console.log(server.port);

// A module, so that its names are its own.
export {};
