import type { BrowserContext } from "playwright-core";

/** Keeps what happens in all pages of a profile. */
export interface BrowserWitness {
  /** Errors and warnings of the console, uncaught errors, breaches of the page's policy, requests to other origins. */
  complaints(): readonly string[];
  /** Everything that was written to the console, at any level. */
  console(): readonly string[];
  /** Addresses of every request and of every place that a page has been at. */
  addresses(): readonly string[];
}

/** Tells the console of a breach even where Chromium would only count it. Runs in the page. */
const reportBreaches = `document.addEventListener("securitypolicyviolation", (event) => {
  console.error("breach of the policy: " + event.effectiveDirective + " refuses " + (event.blockedURI || "inline") +
    " at " + event.sourceFile + ":" + event.lineNumber);
});`;

/** Watches a profile from before its first page on. `data:` and `blob:` addresses are the page's own. */
export async function witnessBrowser(context: BrowserContext, origin: string): Promise<BrowserWitness> {
  const complaints: string[] = [];
  const lines: string[] = [];
  const addresses: string[] = [];
  context.on("console", (message) => {
    const line = `${message.type()}: ${message.text()} (${message.location().url})`;
    lines.push(line);
    if (["error", "warning", "assert"].includes(message.type())) complaints.push(`console ${line}`);
  });
  context.on("weberror", (error) => {
    complaints.push(`uncaught: ${error.error().stack ?? error.error().message}`);
  });
  context.on("request", (request) => {
    const url = request.url();
    addresses.push(url);
    if (!/^(?:data|blob|about):/.test(url) && new URL(url).origin !== origin) {
      complaints.push(`request to another origin: ${url}`);
    }
  });
  context.on("page", (page) => {
    page.on("framenavigated", (frame) => addresses.push(frame.url()));
    page.on("crash", () => complaints.push("the page crashed"));
  });
  await context.addInitScript(reportBreaches);
  return {
    complaints: () => complaints,
    console: () => lines,
    addresses: () => addresses,
  };
}
