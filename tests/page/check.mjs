// Opens each page of this folder as a reader would, and says what is wrong with it.
import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";

const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What each look is checked for: everything once, then what another look can change. */
const LOOKS = [
  ["light", 1100, { runOnly: RULES }],
  ["dark", 320, { runOnly: { type: "rule", values: ["color-contrast", "target-size"] } }],
];

/** Run in the page: opens what is folded, so that nothing escapes the checks. */
const UNFOLD = `(() => {
  const folds = document.querySelectorAll("details");
  for (const fold of folds) fold.open = true;
  return folds.length;
})()`;

/** What stands out of the window, or of a frame that cannot be moved. */
const OVERFLOW = `(() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return "";
  const ends = ([, a], [, b]) => b - a;
  const all = [...document.body.querySelectorAll("*")];
  const [[worst]] = all.map((e) => [e, e.getBoundingClientRect().right]).sort(ends);
  return wide + " px wider than the window: " + worst.outerHTML.slice(0, 120);
})()`;

const axe = (rules) => `axe.run(${JSON.stringify(rules)}).then(({ violations, passes }) => ({
  passes: passes.length,
  violations: violations.map(({ id, nodes }) =>
    \`axe \${id}: \${nodes.length} times, first \${nodes[0].html.slice(0, 160)}\`),
}))`;

const faults = [];
const files = readdirSync(".").filter((name) => name.endsWith(".html"));
let [file, address, unfolded] = ["", "", 0];
const fault = (where, what) => faults.push(`${file}${where}: ${what}`);

/** What a page must never do. */
function heard(method, params) {
  if (method === "Network.requestWillBeSent" && params.request.url !== address) {
    fault("", `asks for ${params.request.url}`);
  } else if (method === "Runtime.consoleAPICalled") {
    fault("", `console: ${params.args.map(({ value }) => value).join(" ")}`);
  } else if (method === "Runtime.exceptionThrown") {
    fault("", `error: ${params.exceptionDetails.text}`);
  } else if (method === "Log.entryAdded") {
    fault("", `${params.entry.level}: ${params.entry.text}`);
  }
}

let browser;
try {
  browser = await Browser.start(heard);
  for (file of files) {
    address = pathToFileURL(resolve(file)).href;
    await browser.look(...LOOKS[0]);
    await browser.open(address);
    unfolded += await browser.say(UNFOLD);
    await browser.say(AXE);
    for (const [scheme, width, rules] of LOOKS) {
      await browser.look(scheme, width);
      const where = `, ${scheme}, ${width} px`;
      const wide = await browser.say(OVERFLOW);
      if (wide) fault(where, wide);
      const { violations, passes } = await browser.say(axe(rules));
      for (const violation of violations) fault(where, violation);
      if (rules.runOnly === RULES && passes < 10) fault(where, `axe checked ${passes} rules only`);
    }
  }
} catch (error) {
  // The run itself: nothing is known of the pages.
  console.log(`${file}: ${error.message}`);
  process.exitCode = 2;
}
await browser?.end();
if (files.length < 9 || unfolded === 0) {
  faults.push(`${files.length} pages, ${unfolded} folds: too few to check anything`);
}
for (const fault of faults) console.log(fault);
console.log(`${files.length} pages, ${LOOKS.length} looks each, ${faults.length} faults`);
process.exitCode ??= faults.length > 0 ? 1 : 0;
