// What a reader does with the pages, in a real browser: over the sample articles, and over articles that try to break it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { launch, open, serve } from "./archive.mjs";
import { HOSTILE } from "./hostile.mjs";

const SAMPLES = new URL("../../examples/articles", import.meta.url).pathname;
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

let browser;
let samples;
let hostile;

before(async () => {
  [browser, samples, hostile] = await Promise.all([launch(), serve([SAMPLES]), serve([], HOSTILE)]);
});
after(async () => {
  await browser?.close();
  await Promise.all([samples?.stop(), hostile?.stop()]);
});

/** Runs steps on a page of the samples and holds that nothing went wrong meanwhile. */
async function on(path, steps, options = {}, archive = samples) {
  await onEach([path], steps, options, archive);
}

/** The same steps on several pages, one after the other. */
async function onEach(paths, steps, options = {}, archive = samples) {
  const opened = await open(browser, archive.address, options);
  try {
    for (const path of paths) {
      await opened.page.goto(path);
      await steps(opened.page, path);
      assert.deepEqual(opened.clean(), [], path);
    }
  } finally {
    await opened.close();
  }
}

const total = async (page) => Number((await page.locator(".told strong").innerText()).replace(/.* of /, "").replace(/\D/g, ""));

describe("searching", () => {
  test("a word is found and marked, and the box keeps it", () => on("/", async (page) => {
    await page.keyboard.type("strikes");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=strikes/);
    assert.ok(await total(page) > 3);
    assert.match(await page.locator(".results mark").first().innerText(), /^strike/i);
    assert.equal(await page.inputValue("#q"), "strikes");
  }));

  test("a name is taken as a filter, and dropped", () => on("/?q=harbour", async (page) => {
    const all = await total(page);
    const line = page.locator(".facet.people li").first();
    const count = Number(await line.locator(".count").innerText());
    await line.locator(".take").click();
    await page.waitForURL(/person=/);
    assert.equal(await total(page), count);
    assert.equal(await page.locator(".chips li").count(), 1);
    await page.locator(".chips a").click();
    await page.waitForURL((url) => !url.search.includes("person"));
    assert.equal(await total(page), all);
  }));

  test("a name is excluded by the keyboard alone", () => on("/?q=harbour", async (page) => {
    const all = await total(page);
    const line = page.locator(".facet.places li").nth(1);
    const count = Number(await line.locator(".count").innerText());
    await line.locator(".take").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/exclude_place=/);
    assert.equal(await total(page), all - count);
    assert.match(await page.locator(".chips").innerText(), /not place/);
  }));

  test("more of a facet opens in place, and all of it can be looked through", () => on("/", async (page) => {
    const people = page.locator("#people");
    const before = await people.locator(".take:visible").count();
    await people.locator("summary").click();
    assert.ok(await people.locator(".take:visible").count() > before);
    await people.locator(".all a").click();
    await page.locator("#people .look-up input:not([type=hidden])").fill("dij");
    await page.keyboard.press("Enter");
    await page.waitForURL(/facet_prefix.people=dij/);
    assert.match(await page.locator("#people .take").first().innerText(), /Dijkstra/);
  }));

  test("a bar of the chart chooses its span, and the span is shaded", () => on("/", async (page) => {
    const bar = page.locator(".histogram a[data-span]").last();
    const [, count] = /: ([\d,]+) article/.exec(await bar.getAttribute("aria-label"));
    await bar.click();
    await page.waitForURL(/from=.*to=/);
    assert.equal(await total(page), Number(count));
    assert.equal(await page.locator(".histogram .band").count(), 1);
    assert.ok(await page.locator(".histogram a[data-span]").count() > 1, "the other bars are still there");
  }));

  test("dragging across bars chooses the span between them", () => on("/", async (page) => {
    const bars = page.locator(".histogram a .reach");
    const [first, last] = [await bars.nth(1).boundingBox(), await bars.nth(4).boundingBox()];
    await page.mouse.move(first.x + 3, first.y + 40);
    await page.mouse.down();
    await page.mouse.move(last.x + 3, last.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=2024-02&to=2024-05/);
  }));

  test("undated articles are counted beside the chart", () => on("/", async (page) => {
    const count = Number.parseInt(await page.locator(".undated").innerText(), 10);
    await page.locator(".undated").click();
    await page.waitForURL(/undated=only/);
    assert.equal(await total(page), count);
  }));

  test("pages lead to the end and back, and show every article once", () => on("/", async (page) => {
    const all = await total(page);
    const seen = new Set();
    const pages = [];
    for (;;) {
      const links = await page.locator(".results h2 a").evaluateAll((them) => them.map((it) => it.pathname));
      links.forEach((it) => seen.add(it));
      pages.push(links.join(" "));
      const next = page.locator("a[rel=next]");
      if (await next.count() === 0) break;
      await next.click();
      await page.waitForLoadState();
    }
    assert.equal(seen.size, all);
    for (let number = pages.length - 2; number >= 0; number -= 1) {
      await page.locator("a[rel=prev]").click();
      await page.waitForLoadState();
      const links = await page.locator(".results h2 a").evaluateAll((them) => them.map((it) => it.pathname));
      assert.equal(links.join(" "), pages[number]);
    }
  }));

  test("nothing found says what to drop", () => on("/?q=harbour+strike+tomahawk", async (page) => {
    assert.equal(await page.locator(".state h2").innerText(), "No article has all of these words");
    const way = page.locator(".ways li").first();
    assert.match(await way.innerText(), /^\d+ articles have harbour and strike; drop tomahawk\?$/);
    const count = Number.parseInt(await way.innerText(), 10);
    await way.locator("a").click();
    await page.waitForURL(/q=harbour\+strike$/);
    assert.equal(await total(page), count);
  }));

  test("a date that is none is said in place, and the search goes on", () => on("/?q=harbour&from=last+spring", async (page) => {
    assert.match(await page.locator(".notice").innerText(), /last spring.*is no date/);
    assert.ok(await total(page) > 0);
  }));

  test("slash jumps to the box from anywhere", () => on("/about", async (page) => {
    await page.keyboard.press("/");
    await page.keyboard.type("ferry");
    assert.equal(await page.inputValue("#q"), "ferry");
  }));

  test("names are suggested while typing and taken as filters", () => on("/", async (page) => {
    await page.locator("#q").pressSequentially("strike dijk");
    const option = page.getByRole("option").filter({ hasText: "Dijkstra" }).first();
    await option.waitFor();
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.locator("#q").getAttribute("aria-activedescendant"), "suggestion-0");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=strike&person=/);
  }));
});

describe("reading", () => {
  test("names in the text are marked and lead to a search", () => on("/articles/hd-2024-06", async (page) => {
    const name = page.locator(".text a.person").first();
    const full = await name.getAttribute("title");
    assert.equal(new URL(await name.evaluate((it) => it.href)).searchParams.get("person"), full);
    assert.ok(await page.locator(".margin").getByText(full, { exact: true }).count() > 0);
    await name.click();
    await page.waitForURL(/person=/);
  }));

  test("previous and next go through the search that led here, across its pages", () => on("/?sort=oldest", async (page) => {
    const first = page.locator(".results h2 a");
    const titles = await first.allInnerTexts();
    await first.nth(titles.length - 1).click();
    const said = await page.locator(".way .said").innerText();
    assert.match(said, /^20 of \d+$/);
    await page.locator("a[rel=next]").click();
    assert.match(await page.locator(".way .said").innerText(), /^21 of \d+$/);
    await page.locator("a[rel=prev]").click();
    assert.equal(await page.locator(".way .said").innerText(), said);
    assert.equal((await page.locator("h1").innerText()).trim(), titles.at(-1));
    await page.getByText("Back to the results").click();
    assert.deepEqual(await page.locator(".results h2 a").allInnerTexts(), titles);
  }));

  test("the citation is copied", () => on("/articles/hd-2024-06", async (page) => {
    await page.locator(".copy").click();
    await page.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /“Keel laid in Trieste.*”\. Harbour Dispatch\. 22 April 2024\. https:/);
  }, { permissions: ["clipboard-read", "clipboard-write"] }));

  test("a name has a page of its own with its company", () => on("/people/joost%20bakker", async (page) => {
    assert.equal(await page.locator("h1").innerText(), "Joost Bakker");
    assert.ok(await page.locator(".histogram a[data-span]").count() > 2);
    assert.match(await page.locator(".facet.people").innerText(), /Willem van der Meer/);
    await page.locator(".facet.people .take").first().click();
    await page.waitForURL(/person=joost.*person=/i);
    assert.equal(await page.locator(".chips li").count(), 3, "two names, and the link that drops both");
  }));

  test("what was rejected is listed with its reason", () => on("/ingestions", async (page) => {
    assert.match(await page.locator(".runs").innerText(), /truncated\.jsonl:1/);
  }));

  test("an article prints as an article, with its citation", () => on("/articles/hd-2024-06?q=keel", async (page) => {
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator(".citation").isVisible());
    for (const part of [".top", ".way", ".margin", ".copy"]) assert.ok(await page.locator(part).isHidden(), part);
  }));
});

const EVERY = ["/", "/?q=harbour+strike", "/?from=2024-02&to=2024-03", "/?q=nothingatall", "/?more=people", "/articles/hd-2024-06?q=keel",
  "/people/joost%20bakker", "/ingestions", "/about", "/nowhere"];
const EVERY_HOSTILE = ["/", ...HOSTILE.map((it) => `/articles/${it.id}`), "/people/%3Cimg%20src%3Dx%20onerror%3Dalert(3)%3E"];

describe("everywhere", () => {
  for (const scheme of ["light", "dark"]) {
    test(`${scheme}: contrast, names and structure pass axe, and nothing shifts`, async () => {
      await onEach(EVERY, async (page, path) => {
        assert.equal(await page.evaluate(() => window.shifted), 0, path);
        await page.evaluate(AXE);
        const { violations } = await page.evaluate((all) => window.axe.run(document, {
          runOnly: all ? ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] : { type: "rule", values: ["color-contrast"] },
          // A target in a list on a wide page may be smaller than a finger; on a phone it is not (measured below).
          rules: { "target-size": { enabled: false } },
        }), scheme === "light");
        const said = violations.map((it) => `${path}: ${it.id}: ${it.nodes[0].html} ${it.nodes[0].failureSummary}`);
        assert.deepEqual(said, []);
      }, { colorScheme: scheme });
    });
  }

  test("no page scrolls sideways at 320 pixels", async () => {
    const check = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), page.url());
    await onEach(EVERY, check, PHONE);
    await onEach(EVERY_HOSTILE, check, PHONE, hostile);
  });

  test("on a phone the filters are behind one button, and targets are as large as a finger", () => on("/?q=harbour&person=Joost+Bakker", async (page) => {
    const summary = page.locator(".facets > summary");
    assert.equal(await summary.innerText(), "Filters, 1 active");
    assert.ok(await page.locator(".facet").first().isHidden());
    await summary.click();
    assert.ok(await page.locator(".facet").first().isVisible());
    const small = await page.locator("main a:visible, main summary:visible, main button:visible").evaluateAll((them) => them
      .filter((it) => !it.closest("svg, h2") && it.getBoundingClientRect().height < 34).map((it) => it.outerHTML));
    assert.deepEqual(small, []);
  }, PHONE));

  test("the theme can be switched and is remembered", () => on("/", async (page) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await paper();
    await page.locator(".theme").click();
    const light = await paper();
    assert.notEqual(light, dark);
    await page.goto("/about");
    assert.equal(await paper(), light);
  }, { colorScheme: "dark" }));

  test("everything but comfort works without JavaScript", () => on("/", async (page) => {
    assert.ok(await page.locator(".theme").isHidden());
    await page.locator("#q").fill("strike");
    await page.locator("form.search button").click();
    await page.locator(".facet.people .take").first().click();
    await page.locator(".facet.places summary").click();
    await page.locator(".histogram a[data-span]").first().click();
    assert.equal(await page.locator(".chips li").count(), 3);
    await page.locator(".results h2 a").first().click();
    assert.ok(await page.locator(".text p").count() > 0);
    await page.locator(".margin a").first().click();
    assert.ok(await page.locator(".entity h1").isVisible());
  }, { javaScriptEnabled: false }));

  test("a phone without JavaScript opens its filters", () => on("/?q=harbour", async (page) => {
    assert.ok(await page.locator(".facet").first().isHidden());
    await page.locator(".facets > summary").click();
    await page.locator(".facet.people .take").first().click();
    assert.equal(await page.locator(".chips li").count(), 1);
  }, { ...PHONE, javaScriptEnabled: false }));
});

describe("hostile articles", () => {
  test("run nothing, load nothing and link nowhere", async () => {
    await onEach(EVERY_HOSTILE, async (page, path) => {
      assert.equal(await page.locator("img, iframe, script:not([src='/assets/morgue.js'])").count(), 0, path);
      assert.equal(await page.locator("a[href^='javascript'], [onerror], [style]").count(), 0, path);
    }, {}, hostile);
  });

  test("are suggested as text", () => on("/", async (page) => {
    await page.locator("#q").pressSequentially("onerror");
    await page.getByRole("option").first().waitFor();
    assert.match(await page.getByRole("option").first().innerText(), /<img src=x/);
  }, {}, hostile));

  test("stand in their own direction and language", () => on("/articles/arabic", async (page) => {
    const style = await page.locator("article h1").evaluate((it) => [getComputedStyle(it).direction, it.closest("[lang]").lang]);
    assert.deepEqual(style, ["rtl", "ar"]);
  }, {}, hostile));

  test("with four hundred people show a dozen and offer the rest", () => on("/articles/crowd", async (page) => {
    assert.equal(await page.locator(".margin .person li:visible").count(), 12);
    await page.getByText("388 more").click();
    assert.equal(await page.locator(".margin .person li:visible").count(), 400);
  }, {}, hostile));

  test("without headline and date are called so", () => on("/?undated=only", async (page) => {
    assert.match(await page.locator(".results li").first().innerText(), /undated[\s\S]*No headline/);
  }, {}, hostile));
});

describe("the program", () => {
  test("says so when nothing is archived, and stops when told", async () => {
    const empty = await serve([]);
    await on("/", async (page) => {
      assert.equal(await page.locator(".state h2").innerText(), "Nothing is archived yet");
    }, {}, empty);
    assert.equal(await empty.stop(), 0);
  });
});
