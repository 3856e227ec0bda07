// Opens each page of this folder as a reader would, and says what is wrong with it.
import { readFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import puppeteer from "puppeteer-core";

const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});

/** What is wrong with a page, in a scheme, at a width. */
async function faults(file, scheme, width) {
  const address = pathToFileURL(resolve(file)).href;
  const page = await browser.newPage();
  const wrong = [];
  page.on("request", (request) => {
    if (request.url() !== address) wrong.push(`asks for ${request.url()}`);
  });
  page.on("console", (said) => wrong.push(`console: ${said.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setViewport({ width, height: 900 });
  await page.goto(address);
  // With everything unfolded, so that nothing escapes the checks.
  const { wide, folds } = await page.evaluate(() => {
    const folds = document.querySelectorAll("details");
    for (const fold of folds) fold.open = true;
    const root = document.documentElement;
    return { wide: root.scrollWidth - root.clientWidth, folds: folds.length };
  });
  if (wide > 0) wrong.push(`${wide} px wider than the window`);
  // Run by the debugger, which the page's own policy does not bind.
  await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations, passes } = await page.evaluate((tags) => axe.run({ runOnly: tags }), tags);
  for (const { id, nodes } of violations) {
    wrong.push(`axe ${id}: ${nodes.length} times, first ${nodes[0].html.slice(0, 160)}`);
  }
  if (passes.length < 10) wrong.push(`axe found only ${passes.length} rules to check`);
  await page.close();
  return { wrong, folds };
}

let failed = false;
let unfolded = 0;
const files = readdirSync(".").filter((name) => name.endsWith(".html"));
for (const file of files) {
  for (const [scheme, width] of [["light", 1100], ["dark", 320]]) {
    const { wrong, folds } = await faults(file, scheme, width);
    unfolded += folds;
    for (const fault of wrong) console.log(`${file}, ${scheme}, ${width} px: ${fault}`);
    failed ||= wrong.length > 0;
  }
}
await browser.close();
if (files.length < 10 || unfolded === 0) {
  console.log(`only ${files.length} pages, ${unfolded} folds: the check checks nothing`);
  failed = true;
}
console.log(`${files.length} pages, two ways each`);
process.exit(failed ? 1 : 0);
