import { describe, expect, it } from "vitest";
import { CallBook, type CallRequest } from "../../src/proxy/call-book.ts";

let serial = 0;

function request(messages: readonly string[], over: Partial<CallRequest> = {}): CallRequest {
  return {
    agentId: "agt_a",
    sessionId: `sess_${++serial}`,
    names: [],
    messageKeys: messages,
    firstUserMessage: messages.findIndex((text) => text.startsWith("user")),
    body: messages.join("\n"),
    resent: false,
    ...over,
  };
}

describe("CallBook", () => {
  it("joins a request whose beginning is an earlier request", () => {
    const book = new CallBook();
    const one = book.join(request(["system", "user hello"]));
    const two = book.join(request(["system", "user hello", "assistant hi", "user I am Ada"]));
    const three = book.join(
      request(["system", "user hello", "assistant hi", "user I am Ada", "assistant ok", "user bye"]),
    );
    expect([two.callId, three.callId]).toEqual([one.callId, one.callId]);
  });

  it("does not join callers by the system prompt alone, nor by a greeting", () => {
    const book = new CallBook();
    const one = book.join(request(["system"]));
    const two = book.join(request(["system", "assistant welcome"]));
    const three = book.join(request(["system", "assistant welcome", "user hello"]));
    expect(new Set([one.callId, two.callId, three.callId]).size).toBe(3);
  });

  it("keeps apart two calls that began with the same words", () => {
    const book = new CallBook();
    const a = book.join(request(["system", "user hello"]));
    const b = book.join(request(["system", "user hello"]));
    expect(b.callId).not.toBe(a.callId);
    const a2 = book.join(request(["system", "user hello", "assistant hi", "user I am Ada"]));
    const b2 = book.join(request(["system", "user hello", "assistant hi", "user I am Bob"]));
    expect([a2.callId, b2.callId]).toEqual([a.callId, b.callId]);
  });

  it("follows a turn that was asked again with more words", () => {
    const book = new CallBook();
    const one = book.join(request(["system", "user hello"]));
    book.join(request(["system", "user hello", "assistant hi", "user my number"]));
    const more = book.join(request(["system", "user hello", "assistant hi", "user my number is 5"]));
    expect(more.callId).toBe(one.callId);
  });

  it("does not join across agents, nor after half an hour", () => {
    let now = 0;
    const book = new CallBook(() => now);
    const one = book.join(request(["user hello"]));
    expect(book.join(request(["user hello", "user again"], { agentId: "agt_b" })).callId).not.toBe(one.callId);
    now = 30 * 60_000 + 1;
    expect(book.join(request(["user hello", "user again"])).callId).not.toBe(one.callId);
  });

  it("goes by the strongest name, and passes over templates that nothing filled in", () => {
    const book = new CallBook();
    const one = book.join(request(["user a"], { names: ["call-1", null, null] }));
    expect(book.join(request(["user b"], { names: [null, "call-1", "call-9"] })).callId).toBe(one.callId);
    expect(book.join(request(["user c"], { names: ["{{call.id}}", " ", "call-1"] })).callId).toBe(one.callId);
    expect(book.join(request(["user a", "user d"], { names: ["call-2"] })).callId).not.toBe(one.callId);
    expect(book.join(request(["user e"], { names: ["call-1"], agentId: "agt_b" })).callId).not.toBe(one.callId);
  });

  it("joins by the session id of an earlier answer, and a call that a webhook named", () => {
    const book = new CallBook();
    const first = request(["user a"]);
    const one = book.join(first);
    expect(book.join(request(["user z"], { names: [first.sessionId] })).callId).toBe(one.callId);
    const announced = book.named("agt_a", "vapi-7");
    const turn = book.join(request(["user y"], { names: [null, null, "vapi-7"] }));
    expect(turn.callId).toBe(announced.callId);
  });

  it("joins a retry of the same body, and only when the client says that it is one", () => {
    const book = new CallBook();
    const one = book.join(request(["user a"]));
    expect(book.join(request(["user a"])).callId).not.toBe(one.callId);
    const again = book.join(request(["user a"], { resent: true }));
    expect(again.retry).toBe(true);
    expect(book.join(request(["user other"], { resent: true }))).toMatchObject({ retry: false });
  });

  it("remembers what was logged for each message of a call, twice-said sentences apart", () => {
    const book = new CallBook();
    const one = book.join(request(["user a", "user a"]));
    expect(one.messages[0]).not.toBe(one.messages[1]);
    one.markLogged([one.messages[0]!]);
    const two = book.join(request(["user a", "user a", "user b"]));
    expect(two.messages.map((key) => two.isLogged(key))).toEqual([true, false, false]);
    two.unmarkLogged([two.messages[0]!]);
    expect(one.isLogged(one.messages[0]!)).toBe(false);
  });

  it("forgets calls that nobody has touched for hours", () => {
    let now = 0;
    const book = new CallBook(() => now);
    const one = book.join(request(["user a"], { names: ["call-1"] }));
    now = 5 * 60 * 60_000;
    expect(book.join(request(["user a"], { names: ["call-1"] })).callId).not.toBe(one.callId);
  });
});
