/** A first-time user's whole way through the portal, in a real browser, against the compiled executable. */
import { mkdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import OpenAI from "openai";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN, makePortalWorld, PASSWORD, type PortalWorld } from "./portal-world.ts";

const ARTIFACTS = join(import.meta.dirname, "../artifacts/portal");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SAID = "Hello, my name is Oona Pellweather and my number is 415-555-0132.";

let world: PortalWorld;
let context: BrowserContext;
let page: Page;
const portal = (path: string) => world.portal(path);
/** What the way leaves behind for later steps. */
const seen = { proxyUrl: "", sessionId: "", agentId: "", inviteUrl: "" };

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true });
  world = await makePortalWorld();
  context = await world.browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  page = await world.newPage(context);
}, 120_000);

afterAll(() => world?.stop());

describe("a first-time user", () => {
  it("sets up the first admin with the printed link, which leaves the address bar", async () => {
    await page.goto(world.masker().ready.setup_url ?? "");
    await page.getByLabel("E-mail").fill(ADMIN.email);
    expect(page.url()).not.toContain("mlk_");
    await page.getByLabel("Your name").fill(ADMIN.name);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Password again").fill(PASSWORD);
    await page.getByRole("button", { name: "Create the first admin" }).click();
    await page.getByRole("heading", { name: "New agent" }).waitFor();
  });

  it("makes an agent in three steps and sees in a test call what the model saw", async () => {
    await page.getByLabel("Name").fill("front desk");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByLabel("Model").fill("openai:gpt-4o-mini");
    await page.getByRole("button", { name: "Create the agent" }).click();
    await page.getByRole("button", { name: "Send a test call" }).click();
    await page.getByText("The model saw").waitFor();
    expect(world.upstream.bodies.length).toBe(1);
    seen.proxyUrl = (await page.getByText("/proxy/agt_").first().textContent()) ?? "";
    await page.getByRole("link", { name: "Go to the agent" }).click();
    await page.getByRole("heading", { name: "front desk" }).waitFor();
    seen.agentId = new URL(page.url()).searchParams.get("id") ?? "";
  });

  it("edits a policy, sees an error at its line, mends it and saves", async () => {
    await page.goto(portal("/policies/edit"));
    const editor = page.getByLabel("Policy in YAML");
    await editor.click();
    const valid = [
      "name: front-desk",
      "version: 1",
      "kid: K_HEALTHCARE",
      "tokenization: vault-deterministic",
      "passes: [regex]",
      "entities:",
      "  NAME: {}",
      "  PHONE: {}",
      "audit:",
      "  log_payloads: true",
    ];
    await editor.fill([...valid.slice(0, 7), "  PHONE: { action: shout }", ...valid.slice(8)].join("\n"));
    await page.locator(".cm-lint-marker-error").first().waitFor();
    const line = await page
      .locator(".cm-lint-marker-error")
      .first()
      .evaluate((marker) => {
        const gutter = marker.closest(".cm-gutterElement");
        return gutter ? Math.round((gutter as HTMLElement).getBoundingClientRect().top) : -1;
      });
    const wanted = await page
      .getByText("action: shout")
      .evaluate((text) => Math.round(text.getBoundingClientRect().top));
    expect(Math.abs(line - wanted)).toBeLessThan(12);
    await editor.fill(valid.join("\n"));
    await page.locator(".cm-lint-marker-error").first().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { name: "front-desk" }).waitFor();
    await page.goto(portal(`/agents/detail?id=${seen.agentId}`));
    await page.getByLabel("Policy", { exact: true }).selectOption("front-desk");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
  });

  it("sees a real client's call appear live, and on its page what the model truly received", async () => {
    await page.goto(portal("/sessions"));
    await page.getByRole("button", { name: "Live" }).click();
    const before = await page.getByRole("row").count();
    const client = new OpenAI({ baseURL: seen.proxyUrl.replace("/chat/completions", ""), apiKey: "unused" });
    const answer = await client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: SAID }],
    });
    expect(answer.choices[0]?.message.content).toBe(`I have noted: ${SAID}`);
    await page.waitForFunction((rows) => document.querySelectorAll("tr").length > rows, before);
    await page.getByRole("row").nth(1).getByRole("link").first().click();
    await page.getByRole("heading", { name: /^Session/ }).waitFor();
    seen.sessionId = new URL(page.url()).searchParams.get("id") ?? "";
    const received = JSON.parse(world.upstream.bodies.at(-1) ?? "{}").messages[0].content as string;
    expect(received).not.toContain("Pellweather");
    const crossed = page.getByRole("region", { name: "What the model received" });
    const shown = await crossed.locator("p").last().textContent();
    const tokens = received.match(/MSKV1\.[A-Z_]+\.\w+\.[A-Z2-7]{26}/g) ?? [];
    expect(tokens.length).toBe(2);
    for (const token of tokens) expect(await crossed.locator(`[data-token="${token}"]`).count()).toBe(1);
    expect(shown).toMatch(/^Hello, my name is /);
    const said = page.getByRole("region", { name: "What was said", exact: true });
    expect(await said.locator("mark").allInnerTexts()).toEqual(["Oona Pellweather", "415-555-0132"]);
    await page.reload();
    await page.getByRole("heading", { name: /^Session/ }).waitFor();
  });

  it("sees an identifier on every side, and goes from its event to the text and back", async () => {
    const said = page.getByRole("region", { name: "What was said", exact: true });
    const name = said.getByRole("button", { name: /Oona Pellweather/ });
    await name.hover();
    const token = await name.getAttribute("data-token");
    const marked = page.locator(`section section [data-token="${token}"][data-focused]`);
    // Said, received, answered, heard, and the event of the table.
    expect(await marked.count()).toBe(5);
    await page.getByRole("button", { name: "Phone: show it in the text" }).click();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("415-555-0132");
    await name.click();
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "Name: show it in the text",
    );
    await page.getByRole("button", { name: "Masked", exact: true }).click();
    expect(await said.textContent()).not.toContain("Pellweather");
    await page.getByRole("button", { name: "JSON", exact: true }).first().click();
    expect(await said.textContent()).toContain('"messages": [');
    await page.getByRole("button", { name: "Real values" }).click();
  });

  it("downloads a report that verifies without the server", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Report (PDF)" }).click(),
    ]);
    const file = join(ARTIFACTS, "report.pdf");
    await download.saveAs(file);
    expect((await readFile(file)).subarray(0, 5).toString()).toBe("%PDF-");
    expect(await world.installation.run(["report", "verify", file])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^OK:/),
    });
  });

  it("makes a report of the account as a job, and verifies the chain", async () => {
    await page.goto(portal("/reports"));
    await page.getByRole("button", { name: "Make the report" }).click();
    await page.getByRole("link", { name: "Download the report" }).waitFor({ timeout: 30_000 });
    await page.goto(portal("/audit"));
    await page.getByRole("button", { name: "Verify now" }).click();
    await page.getByText(/chain ok|intact to seq/).waitFor();
  });

  it("tries a call in the playground and sees what would cross", async () => {
    await page.goto(portal("/playground"));
    await page.getByLabel("Text of the call").fill("caller: my name is Oona Pellweather, call me at 415-555-0132");
    await page.locator("mark", { hasText: "415-555-0132" }).waitFor();
    await page.getByLabel("Compare with").selectOption("front-desk");
    await page.getByRole("columnheader", { name: "front-desk" }).waitFor();
    await page.getByRole("cell", { name: "415-555-0132" }).waitFor();
  });
});

describe("a viewer", () => {
  it("is invited by link and sees the session without its texts", async () => {
    await page.goto(portal("/settings?tab=users"));
    await page.getByLabel("E-mail").fill("vic@clinic.example");
    await page.getByRole("button", { name: "Make a link" }).click();
    seen.inviteUrl = (await page.locator("code", { hasText: "#invite=" }).textContent()) ?? "";
    const other = await world.browser.newContext();
    const theirs = await world.newPage(other);
    await theirs.goto(seen.inviteUrl);
    await theirs.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await theirs.getByLabel("Password again").fill(PASSWORD);
    await theirs.getByRole("button", { name: "Join" }).click();
    await theirs.getByRole("heading", { name: "Dashboard" }).waitFor();
    await theirs.goto(portal(`/sessions/detail?id=${seen.sessionId}`));
    await theirs.getByText("needs the permission payloads:read").waitFor();
    expect(await theirs.content()).not.toContain("Pellweather");
    await theirs.getByRole("button", { name: "Sign out" }).click();
    await theirs.getByRole("heading", { name: "Sign in" }).waitFor();
    await theirs.goto(portal("/agents"));
    await theirs.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.close();
  });
});

describe("every page", () => {
  const PAGES = [
    ["login", () => "/login"],
    ["setup", () => "/setup#setup=mlk_none"],
    ["dashboard", () => "/dashboard"],
    ["agents", () => "/agents"],
    ["new-agent", () => "/agents/new"],
    ["agent", () => `/agents/detail?id=${seen.agentId}`],
    ["sessions", () => "/sessions"],
    ["session", () => `/sessions/detail?id=${seen.sessionId}`],
    ["playground", () => "/playground"],
    ["policies", () => "/policies"],
    ["policy", () => "/policies/edit?name=front-desk"],
    ["reports", () => "/reports"],
    ["audit", () => "/audit"],
    ["settings-me", () => "/settings"],
    ["settings-users", () => "/settings?tab=users"],
    ["settings-tokens", () => "/settings?tab=tokens"],
    ["settings-system", () => "/settings?tab=system"],
    ["nowhere", () => "/nowhere"],
    ["no-session", () => "/sessions/detail?id=sess_none"],
  ] as const;

  const axeSource = readFileSync(AXE, "utf8");

  it.each(PAGES)("%s has no serious accessibility issue, light and dark, wide and narrow", async (name, path) => {
    for (const theme of ["light", "dark"] as const) {
      await page.evaluate((chosen) => localStorage.setItem("masker.theme", chosen), theme);
      // From elsewhere: an address that differs in its fragment alone would not load the page again.
      await page.goto("about:blank");
      await page.goto(portal(path()));
      await page.getByRole("main").waitFor();
      await page.waitForFunction(() => document.querySelector('[aria-label="Loading"]') === null);
      for (const width of [400, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        // A chart follows the size of its box at the next frame.
        await page
          .waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth)
          .catch(() => undefined);
        await page.screenshot({ path: join(ARTIFACTS, `${name}-${theme}-${width}.png`), fullPage: true });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      }
      await page.evaluate(axeSource);
      const violations = await page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
        };
        const found = await axe.run();
        return found.violations
          .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
          .map((violation) => `${violation.id}: ${violation.nodes[0]?.html.slice(0, 160)}`);
      });
      expect(violations).toEqual([]);
    }
  });

  it("left nothing of the call, the password or a secret in addresses, storage or the console", async () => {
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]),
    );
    const left = [stored, ...world.addresses, ...world.consoleLines].map((text) => decodeURIComponent(text)).join("\n");
    for (const planted of ["Pellweather", "415-555-0132", PASSWORD, "mlk_", "msk_", "mak_"]) {
      expect(left).not.toContain(planted);
    }
    expect(left).toContain("masker.theme");
    expect(left).toContain(seen.sessionId);
  });

  it("asked nobody but Masker, and logged no error", () => {
    expect(world.foreignRequests).toEqual([]);
    expect(world.consoleErrors).toEqual([]);
  });
});
