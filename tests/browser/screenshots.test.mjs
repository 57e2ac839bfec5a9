// The pictures in README.md, taken of the sample articles. They go to $MORGUE_SCREENSHOTS, and nowhere without it.

import { test } from "node:test";
import { join } from "node:path";
import { launch, open, serve } from "./archive.mjs";

const FOLDER = process.env.MORGUE_SCREENSHOTS;
const SAMPLES = new URL("../../examples/articles", import.meta.url).pathname;
const PICTURES = [
  ["search.png", "/?q=harbour+strike", { viewport: { width: 1160, height: 780 } }],
  ["article.png", "/articles/hd-2024-06?q=hydrogen", { viewport: { width: 1160, height: 780 }, colorScheme: "dark" }],
];

test("pictures for the README", { skip: FOLDER ? false : "MORGUE_SCREENSHOTS is not set" }, async () => {
  const [browser, archive] = await Promise.all([launch(), serve([SAMPLES])]);
  try {
    for (const [name, path, options] of PICTURES) {
      const { page, close } = await open(browser, archive.address, options);
      // The second time is how it looks to whoever works in it: nothing has to be read from the disk first.
      await page.goto(path);
      await page.reload();
      await page.screenshot({ path: join(FOLDER, name) });
      await close();
    }
  } finally {
    await browser.close();
    await archive.stop();
  }
});
