// Headless Chromium, steered line by line: a JSON value {"page", "do", "with": [...]} on stdin, {"value"} or {"error"} on stdout.
// `open` makes a page in a browser profile of its own; every other `do` is a method of Playwright's Page, or one of `own`.
import readline from 'node:readline';
import { createRequire } from 'node:module';

// An import of a bare name does not look at NODE_PATH.
const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');
const axe = require('axe-core').source;

const browser = await chromium.launch({ executablePath: process.argv[2], args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const pages = new Map();
const faults = new Map();

const own = {
  open: async (name, options) => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    pages.set(name, page);
    faults.set(name, []);
    page.on('pageerror', (error) => faults.get(name).push(String(error)));
    page.on('console', (message) => message.type() === 'error' && faults.get(name).push(message.text()));
  },
  close: async (name) => pages.get(name).context().close(),
  cookies: async (name) => pages.get(name).context().cookies(),
  // What the page complained of so far.
  faults: async (name) => faults.get(name),
  textOf: async (name, selector) => pages.get(name).locator(selector).first().innerText(),
  texts: async (name, selector) => pages.get(name).locator(selector).allInnerTexts(),
  count: async (name, selector) => pages.get(name).locator(selector).count(),
  waitFor: async (name, selector, state = 'visible') => pages.get(name).locator(selector).first().waitFor({ state }),
  key: async (name, key) => pages.get(name).keyboard.press(key),
  get: async (name, url, options) => {
    const response = await pages.get(name).request.fetch(url, options);
    return { status: response.status(), headers: response.headers(), text: await response.text() };
  },
  axe: async (name) => {
    const page = pages.get(name);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return violations.map((one) => ({ id: one.id, help: one.help, nodes: one.nodes.map((node) => `${node.target}: ${node.failureSummary}`) }));
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { page, do: act, with: given } = JSON.parse(line);
  let answer;
  try {
    const value = own[act] ? await own[act](page, ...given) : await pages.get(page)[act](...given);
    answer = { value: ['goto', 'reload', 'screenshot'].includes(act) ? null : value ?? null };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
