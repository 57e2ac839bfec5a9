// A program of its own on a free port over a temporary archive, and the pages of one browser over it.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PROGRAM = process.env.MORGUE_PROGRAM;
const CHROMIUM = process.env.MORGUE_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--font-render-hinting=none",
];

/** Starts `morgue serve` over a new archive of these paths; `lines` are articles that are sent to its standard input. */
export async function serve(paths, lines = []) {
  const folder = await mkdtemp(join(tmpdir(), "morgue-browser-"));
  const given = lines.length > 0 ? [...paths, "-"] : paths;
  const program = spawn(PROGRAM, ["--archive", join(folder, "archive"), "serve", "--listen", "127.0.0.1:0", ...given]);
  program.stdin.end(lines.map((line) => JSON.stringify(line) + "\n").join(""));
  let said = "";
  const address = await new Promise((resolve, reject) => {
    program.stderr.on("data", (data) => {
      said += data;
      const found = /at (http:\/\/[^/]+)\//.exec(said);
      if (found) resolve(found[1]);
    });
    program.on("exit", (code) => reject(new Error(`the program ended with ${code}: ${said}`)));
  });
  const ended = new Promise((resolve) => program.on("exit", (code) => resolve(code)));
  return {
    address,
    program,
    /** Asks the program to stop, as a service manager does, and returns its exit code. */
    async stop() {
      program.kill("SIGTERM");
      const code = await ended;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

export function launch() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/**
 * Opens a page that remembers what must not happen: errors in its console, refused resources, dialogs, layout that shifts.
 * `clean()` lists it.
 */
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ baseURL: address, viewport: { width: 1200, height: 800 }, colorScheme: "light", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const wrong = [];
  page.on("console", (message) => {
    // A page that says 404 is a page that works.
    if (message.type() === "error" && !/status of 40[04]/.test(message.text())) wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("dialog", (dialog) => { wrong.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.addInitScript(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  return { page, clean: () => wrong, close: () => context.close() };
}
