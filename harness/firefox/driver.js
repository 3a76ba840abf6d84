// Drives one Firefox by JSON lines: {"call", "input"} in, {"result"} or {"error"} out.
// node driver.js FOLDER_WITH_PUPPETEER FIREFOX DOWNLOAD_FOLDER
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [driverFolder, executablePath, downloadFolder] = process.argv.slice(2);
const TIMEOUT_MS = 120_000;

const entry = createRequire(`${driverFolder}/package.json`).resolve("puppeteer-core");
const puppeteer = (await import(pathToFileURL(entry).href)).default;

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  headless: true,
  protocolTimeout: 2 * TIMEOUT_MS,
  extraPrefsFirefox: {
    "browser.download.dir": downloadFolder,
    "browser.download.folderList": 2,
    "browser.download.useDownloadDir": true,
    "browser.download.always_ask_before_handling_new_types": false,
    "browser.helperApps.neverAsk.saveToDisk": "application/octet-stream",
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
  },
});

const tabs = new Map();
let lastTab = 0;

const element = (tab, testId) => tabs.get(tab).page.waitForSelector(`[data-testid="${testId}"]`, { timeout: TIMEOUT_MS });

const calls = {
  version: () => browser.version(),

  /** A tab in a profile of its own. */
  async open({ url }) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    page.setDefaultNavigationTimeout(TIMEOUT_MS);
    const problems = [];
    page.on("dialog", (dialog) => dialog.accept());
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    lastTab += 1;
    tabs.set(lastTab, { context, page, problems });
    await page.goto(url);
    return lastTab;
  },

  async choose({ tab, testId, paths }) {
    await (await element(tab, testId)).uploadFile(...paths);
  },

  async click({ tab, testId }) {
    await (await element(tab, testId)).click();
  },

  async fill({ tab, testId, text }) {
    await (await element(tab, testId)).type(text);
  },

  value: async ({ tab, testId }) => (await element(tab, testId)).evaluate((input) => input.value),

  names: ({ tab }) => tabs.get(tab).page.$$eval(".row__name", (names) => names.map((name) => name.textContent)),

  async waitState({ tab, states }) {
    const arrived = (wanted) => wanted.includes(document.querySelector("main").dataset.state);
    const { page } = tabs.get(tab);
    await page.waitForFunction(arrived, { timeout: TIMEOUT_MS, polling: 50 }, states).catch(() => {});
    return page.$eval("main", (main) => main.dataset.state);
  },

  sentence: ({ tab }) => tabs.get(tab).page.$eval('[data-testid="error-message"]', (said) => said.textContent),

  /** Leaving is agreed to where the page asks. */
  async reload({ tab }) {
    await tabs.get(tab).page.reload();
  },

  lede: ({ tab }) => tabs.get(tab).page.$eval(".lede", (lede) => lede.textContent),

  safeParts: ({ tab }) => tabs.get(tab).page.$$eval(".progress [data-part=safe]", (cells) => cells.length),

  serviceWorkers: ({ tab }) => tabs.get(tab).page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length),

  problems: ({ tab }) => tabs.get(tab).problems,

  close: ({ tab }) => tabs.get(tab).context.close(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, input } = JSON.parse(line);
  try {
    process.stdout.write(`${JSON.stringify({ result: (await calls[call](input)) ?? null })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  }
}
await browser.close();
