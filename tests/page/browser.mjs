// One page of Chromium, driven through a pipe by the Chrome DevTools Protocol: nothing to install
// but the browser.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-extensions",
  "--disable-sync",
  "--no-first-run",
  "--no-default-browser-check",
  "--remote-debugging-pipe",
];

/** How long a single answer may take, on a busy machine. */
const PATIENCE = 120_000;

export class Browser {
  /** Starts it with an empty page; what the page does is told to `heard(method, params)`. */
  static async start(heard) {
    const browser = new Browser();
    browser.heard = heard;
    browser.profile = mkdtempSync(join(tmpdir(), "pfsum-page-"));
    browser.program = spawn(
      process.env.CHROMIUM ?? "chromium",
      [...FLAGS, `--user-data-dir=${browser.profile}`, "about:blank"],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    browser.waiting = new Map();
    browser.loaded = () => {};
    browser.last = 0;
    browser.program.on("error", (error) => browser.gone(error.message));
    browser.program.on("exit", (status) => browser.gone(`it ended with ${status}`));
    browser.program.stdio[3].on("error", () => {});
    browser.listen(browser.program.stdio[4]);
    const { targetInfos } = await browser.ask("Target.getTargets");
    const { targetId } = targetInfos.find(({ type }) => type === "page");
    const { sessionId } = await browser.ask("Target.attachToTarget", { targetId, flatten: true });
    browser.session = sessionId;
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await browser.ask(`${domain}.enable`);
    return browser;
  }

  gone(why) {
    for (const { fail } of this.waiting.values()) fail(new Error(`chromium: ${why}`));
    this.waiting.clear();
  }

  listen(stream) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("error", () => {});
    stream.on("data", (data) => {
      const messages = (rest + data).split("\0");
      rest = messages.pop();
      for (const message of messages) this.hear(JSON.parse(message));
    });
  }

  hear({ id, result, error, method, params }) {
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    if (asked && error) asked.fail(new Error(`${asked.method}: ${error.message}`));
    else if (asked) asked.done(result);
    else if (method === "Page.loadEventFired") this.loaded();
    else if (method) this.heard(method, params);
  }

  ask(method, params = {}) {
    const id = ++this.last;
    const message = JSON.stringify({ id, method, params, sessionId: this.session });
    return new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(`${method}: no answer`)), PATIENCE);
      const settled = (then) => (value) => (clearTimeout(late), then(value));
      this.waiting.set(id, { method, done: settled(done), fail: settled(fail) });
      this.program.stdio[3].write(`${message}\0`);
    });
  }

  /** Opens a page, and waits until it is there. */
  async open(url) {
    const loaded = new Promise((done) => (this.loaded = done));
    await this.ask("Page.navigate", { url });
    await loaded;
  }

  /** How wide the window is, and what the reader prefers. */
  async look(scheme, width) {
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await this.ask("Emulation.setDeviceMetricsOverride", size);
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.ask("Emulation.setEmulatedMedia", { features });
  }

  /** What an expression says in the page; the debugger is not bound by the page's policy. */
  async say(expression) {
    const how = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.ask("Runtime.evaluate", how);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "a fault");
    return result.value;
  }

  async end() {
    const ended = new Promise((done) => this.program.once("exit", done));
    const late = setTimeout(() => this.program.kill("SIGKILL"), 5_000);
    this.ask("Browser.close").catch(() => {});
    await ended;
    clearTimeout(late);
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
