/** The compiled executable with a recording upstream behind it and a browser before it. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Installation, install, type Running } from "../binary/executable.ts";
import { launchBrowser } from "./browser.ts";
import { startRecordingUpstream } from "./recording-upstream.ts";

export const PASSWORD = "correct horse battery staple";
export const ADMIN = { email: "pat@clinic.example", name: "Pat Admin" } as const;

export interface PortalWorld {
  readonly upstream: ReturnType<typeof startRecordingUpstream>;
  readonly installation: Installation;
  readonly browser: Browser;
  /** The server as it runs now. */
  masker(): Running;
  portal(path: string): string;
  /** Starts the server again at the same address. */
  startAgain(): Promise<void>;
  newPage(of: BrowserContext): Promise<Page>;
  /** What pages did that they should not: requests to others, errors in the console. */
  readonly foreignRequests: string[];
  readonly consoleErrors: string[];
  /** Every address that was asked for or shown, without the part after the # sign; every line of the console. */
  readonly addresses: string[];
  readonly consoleLines: string[];
  stop(): Promise<void>;
}

/** @param extra environment beside the usual one */
export async function makePortalWorld(extra: Readonly<Record<string, string>> = {}): Promise<PortalWorld> {
  const upstream = startRecordingUpstream();
  const installation = install();
  const env = {
    MASKER_OPENAI_API_KEY: "sk-test",
    MASKER_OPENAI_BASE_URL: upstream.url,
    MASKER_PAYLOAD_RETENTION_DAYS: "1",
    ...extra,
  };
  let running = await installation.serve(env);
  const { url, portal_url } = running.ready;
  const browser = await launchBrowser();
  const foreignRequests: string[] = [];
  const consoleErrors: string[] = [];
  const addresses: string[] = [];
  const consoleLines: string[] = [];
  const withoutFragment = (address: string) => address.replace(/#.*/, "");
  return {
    upstream,
    installation,
    browser,
    foreignRequests,
    consoleErrors,
    addresses,
    consoleLines,
    masker: () => running,
    portal: (path) => `${portal_url}${path}`,
    async startAgain() {
      running = await installation.serve({ ...env, MASKER_LISTEN_ADDR: new URL(url).host });
    },
    async newPage(of) {
      const page = await of.newPage();
      page.setDefaultTimeout(30_000);
      page.on("request", (request) => {
        addresses.push(withoutFragment(request.url()));
        if (!request.url().startsWith(url) && !request.url().startsWith("data:")) foreignRequests.push(request.url());
      });
      page.on("framenavigated", (frame) => addresses.push(withoutFragment(frame.url())));
      page.on("console", (message) => {
        consoleLines.push(message.text());
        // A 401 on the way to the login page, a 4xx that a form shows and a lost connection are answers, not mistakes.
        if (message.type() === "error" && !/^Failed to load resource|ERR_CONNECTION/.test(message.text()))
          consoleErrors.push(message.text());
      });
      page.on("pageerror", (error) => consoleErrors.push(error.message));
      return page;
    },
    async stop() {
      await browser.close();
      await running.end();
      upstream.stop();
    },
  };
}

/** Calls a procedure as the person who is signed in in the browser. */
export async function callApi<Answer>(page: Page, base: string, procedure: string, input: unknown): Promise<Answer> {
  const response = await page.request.post(`${base}/trpc/${procedure}`, { data: input });
  if (!response.ok()) throw new Error(`${procedure}: ${response.status()} ${await response.text()}`);
  return (await response.json()).result.data;
}
