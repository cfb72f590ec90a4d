/** What a page shows when things are not as they should be, or are very many or very long. */
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN, callApi, makePortalWorld, PASSWORD, type PortalWorld } from "./portal-world.ts";

const ARTIFACTS = `${import.meta.dirname}/../artifacts/portal`;
const LONG_NAME = `Überlanger-Agentenname-ohne-jede-Trennstelle-${"x".repeat(19)}`;
const POLICY = `name: patterns-with-texts
version: 1
kid: K_HEALTHCARE
tokenization: vault-deterministic
passes: [regex]
entities:
  EMAIL: {}
audit:
  log_payloads: true
`;
const MESSAGES = 100;
const EACH = 100;

let world: PortalWorld;
let context: BrowserContext;
let page: Page;
let agent: { id: string; proxy_url: string };
let sessionId: string;

beforeAll(async () => {
  world = await makePortalWorld();
  context = await world.browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await world.newPage(context);
  const { url, setup_url } = world.masker().ready;
  const setup_token = (setup_url ?? "").split("#setup=")[1];
  await callApi(page, url, "auth.setup", { setup_token, ...ADMIN, password: PASSWORD });
  const created = await callApi<{ agent: typeof agent }>(page, url, "agents.create", {
    name: LONG_NAME,
    upstream: "openai:gpt-4o-mini",
    policy_yaml: POLICY,
  });
  agent = created.agent;
}, 120_000);

afterAll(() => world?.stop());

async function call(messages: readonly object[]): Promise<string> {
  const response = await fetch(agent.proxy_url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o-mini", messages }),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.headers.get("masker-session-id") ?? "";
}

async function fitsTheWidth(): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
}

describe("a session with ten thousand redactions", () => {
  const address = (message: number, at: number) => `p${message}x${at}@clinic.example`;

  it("shows its first highlights and its events in pages, and finds the last of them", async () => {
    const messages = Array.from({ length: MESSAGES }, (_, message) => ({
      role: "user",
      content: Array.from({ length: EACH }, (_, at) => `write to ${address(message, at)}`).join(", "),
    }));
    sessionId = await call(messages);
    await page.goto(world.portal(`/sessions/detail?id=${sessionId}`));
    await page.getByText("Events (10,000)").waitFor({ timeout: 90_000 });
    const said = page.getByRole("region", { name: "What was said", exact: true });
    expect(await said.getByRole("button", { name: /@clinic/ }).count()).toBe(300);
    expect(await page.getByRole("button", { name: "E-mail: show it in the text" }).count()).toBe(50);
    await page.getByRole("button", { name: "Next page" }).click();
    await page.getByText("51–100 of 10,000").waitFor();
    // The event of the 350th lies beyond what the panel has drawn so far.
    for (let turn = 0; turn < 5; turn++) await page.getByRole("button", { name: "Next page" }).click();
    await page.getByText("301–350 of 10,000").waitFor();
    await page.getByRole("button", { name: "E-mail: show it in the text" }).last().click();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain(address(3, 49));
    await said
      .getByRole("button", { name: address(0, 0), exact: false })
      .first()
      .click();
    await page.getByText("1–50 of 10,000").waitFor();
    await page.screenshot({ path: `${ARTIFACTS}/ten-thousand-light-1280.png` });
  }, 120_000);

  it("says what was masked before, where a call goes on", async () => {
    const first = { role: "user", content: `I am ${address(0, 0)}` };
    const call_id = { role: "system", content: "You help." };
    await call([call_id, first]);
    const again = await call([
      call_id,
      first,
      { role: "assistant", content: "And?" },
      { role: "user", content: "Also ab@clinic.example" },
    ]);
    await page.goto(world.portal(`/sessions/detail?id=${again}`));
    const known = page
      .getByRole("region", { name: "What was said", exact: true })
      .locator('mark[title*="known from before"]');
    await known.first().waitFor();
    expect(await known.allTextContents()).toEqual([address(0, 0)]);
    await page.getByText("1 more was known from before").waitFor();
  });

  it("lays tool calls out, with what was found in them", async () => {
    const id = await call([
      { role: "user", content: "Book me in" },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          {
            id: "call_1",
            type: "function",
            function: { name: "book", arguments: '{"mail":"zoe@clinic.example","days":[1,2]}' },
          },
        ],
      },
      { role: "tool", tool_call_id: "call_1", content: '{"booked":true,"for":"zoe@clinic.example"}' },
    ]);
    await page.goto(world.portal(`/sessions/detail?id=${id}`));
    const said = page.getByRole("region", { name: "What was said", exact: true });
    await said.getByText("calls book").waitFor();
    expect(await said.locator("mark").allTextContents()).toEqual(["zoe@clinic.example", "zoe@clinic.example"]);
    expect(await said.locator('mark[title*="known from before"]').count()).toBe(0);
    await page.getByRole("button", { name: "E-mail: show it in the text" }).first().click();
    expect(await page.evaluate(() => document.activeElement?.parentElement?.textContent)).toContain('"mail"');
    expect(await said.textContent()).toContain('{\n  "mail": "zoe@clinic.example (E-mail)",\n  "days": [\n    1,');
    await page.screenshot({ path: `${ARTIFACTS}/tool-call-light-1280.png`, fullPage: true });
  });
});

describe("a very long name", () => {
  it.each(["/agents", "/dashboard", "/sessions", "/agents/detail"])("fits into %s, wide and narrow", async (path) => {
    await page.goto(world.portal(path === "/agents/detail" ? `${path}?id=${agent.id}` : path));
    await page.getByTitle(LONG_NAME).first().waitFor();
    for (const width of [400, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({
        path: `${ARTIFACTS}/long-name${path.replaceAll("/", "-")}-light-${width}.png`,
        fullPage: true,
      });
      await expect.poll(fitsTheWidth).toBe(true);
    }
  });
});

describe("a lost connection", () => {
  it("is said on the page, which goes on by itself with its live tail", async () => {
    await page.goto(world.portal("/sessions"));
    await page.getByRole("button", { name: "Live" }).click();
    await page.getByText("Following").waitFor();
    const rows = await page.getByRole("row").count();
    await world.masker().end();
    await page.getByText("Masker does not answer").waitFor();
    await page.getByText("Connection lost; trying again").waitFor();
    await page.screenshot({ path: `${ARTIFACTS}/connection-lost-light-1280.png` });
    await world.startAgain();
    await page.getByText("Masker does not answer").waitFor({ state: "detached" });
    await page.getByText("Following").waitFor();
    await call([{ role: "user", content: "I am back@clinic.example" }]);
    await page.waitForFunction((before) => document.querySelectorAll("tr").length > before, rows);
  }, 90_000);
});

describe("a deep link", () => {
  it("survives the sign-in, with its filters", async () => {
    const other = await world.browser.newContext();
    const theirs = await world.newPage(other);
    await theirs.goto(world.portal("/sessions?since=7d&min=5"));
    await theirs.getByRole("heading", { name: "Sign in" }).waitFor();
    await theirs.getByLabel("E-mail").fill(ADMIN.email);
    await theirs.getByLabel("Password").fill("not the password at all");
    await theirs.getByRole("button", { name: "Sign in" }).click();
    // A failed sign-in is said in words, with the id that the log holds.
    await theirs.getByRole("alert").getByText(/req_/).waitFor();
    await theirs.getByLabel("Password").fill(PASSWORD);
    await theirs.getByRole("button", { name: "Sign in" }).click();
    await theirs.getByRole("heading", { name: "Sessions" }).waitFor();
    expect(new URL(theirs.url()).search).toBe("?since=7d&min=5");
    expect(await theirs.getByLabel("Identifiers masked").inputValue()).toBe("5");
    await other.close();
  });
});

describe("a role without a permission", () => {
  it.each([
    ["/reports", "reports:read"],
    ["/audit", "audit:read"],
    ["/agents/new", "agents:write"],
  ])("is told at %s what is missing", async (path, permission) => {
    const { url } = world.masker().ready;
    const other = await world.browser.newContext();
    const theirs = await world.newPage(other);
    const email = `vic-${permission.replace(":", "-")}@clinic.example`;
    const invited = await callApi<{ invite_url: string }>(page, url, "users.create", { email, role: "viewer" });
    const invite_token = invited.invite_url.split("#invite=")[1];
    await callApi(theirs, url, "auth.invite", { invite_token, password: PASSWORD });
    await theirs.goto(world.portal(path));
    await theirs.getByRole("heading", { name: "Your role does not open this page" }).waitFor();
    await theirs.getByText(permission).waitFor();
    await theirs.screenshot({ path: `${ARTIFACTS}/no-permission-light-1280.png` });
    await other.close();
  });
});

describe("every state", () => {
  it("asked nobody but Masker, and logged no error", () => {
    expect(world.foreignRequests).toEqual([]);
    expect(world.consoleErrors).toEqual([]);
  });
});
