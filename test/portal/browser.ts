import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** Made for a serverless function: one process for all pages, and a browser that forgives what ours must not. */
const UNWANTED = /^--(single-process|no-zygote|disable-web-security|allow-running-insecure-content|in-process-gpu)/;

/** Headless Chromium from the npm package; what it needs of the machine is said when it is missing. */
export async function launchBrowser(): Promise<Browser> {
  chromium.setGraphicsMode = false;
  const args = chromium.args.filter((argument) => !UNWANTED.test(argument));
  try {
    return await playwright.launch({
      executablePath: await chromium.executablePath(),
      args,
      headless: true,
    });
  } catch (cause) {
    throw new Error(
      "Chromium does not start. On Debian or Ubuntu its libraries come with: apt-get install -y libnss3 libnspr4 fontconfig",
      { cause },
    );
  }
}
