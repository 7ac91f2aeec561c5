import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { z } from "zod";
import type { Visit } from "./browser.ts";
import type { BrowserWitness } from "./browser-witness.ts";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const axeReport = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      help: z.string(),
      nodes: z.array(z.object({ target: z.array(z.unknown()), failureSummary: z.string().optional() })),
    }),
  ),
});

/** Signs in on the page that is open, with a platform's token, and waits for the shell. */
export async function signIn(page: Page, { token }: { readonly token: string }): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: /^Account of/ }).waitFor();
}

/** Waits until a page shows what it is for: its heading, and nothing that is still on its way. */
export async function waitUntilSettled(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForFunction(() => document.querySelector("main [aria-busy=true]") === null);
  await page.evaluate(async () => document.fonts.ready.then(() => undefined));
}

/**
 * Fails for anything that axe finds, with the rule, the element and what to do. It runs in a world of its own beside
 * the page, so that neither sees the other's names and the page's policy does not bind it.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await runAxe(page, { resultTypes: ["violations"] });
}

/** The same with all rules of WCAG 2.2 at A and AA, of which axe leaves out the size of targets by default. */
export async function expectWcag22(page: Page): Promise<void> {
  await runAxe(page, { resultTypes: ["violations"], runOnly: rules });
}

async function runAxe(page: Page, options: object): Promise<void> {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
      frameId: frameTree.frame.id,
      worldName: "axe",
    });
    // Its result is the library itself, which is too large to send.
    await session.send("Runtime.evaluate", { contextId, expression: `${axe.source};undefined` });
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
      contextId,
      expression: `axe.run(document, ${JSON.stringify(options)})`,
      awaitPromise: true,
      returnByValue: true,
    });
    expect(exceptionDetails?.exception?.description).toBeUndefined();
    const { violations } = axeReport.parse(result.value);
    const lines = violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) =>
          `${id}: ${help}; at ${JSON.stringify(target)}; ${(failureSummary ?? "").replaceAll(/\s+/g, " ")}`,
      ),
    );
    expect(lines, `what axe found at ${new URL(page.url()).pathname}:\n${lines.join("\n")}\n`).toEqual([]);
  } finally {
    await session.detach();
  }
}

/** Fails when a page that was just opened asked the platform for something twice, by name of a list or of anything else. */
export function expectAskedOnce(witness: BrowserWitness): void {
  const asked = witness.addresses().filter((address) => address.includes("/api/v1/"));
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((address, index) => asked.indexOf(address) !== index)).toEqual([]);
}

/** Fails when the page itself can be scrolled sideways; boxes inside it may. A chart takes a moment to a new width. */
export async function expectNoSidewaysScroll(page: Page, timeout = 60_000): Promise<void> {
  const message = `sideways scroll at ${new URL(page.url()).pathname}`;
  await expect.poll(async () => findTooWide(page), { message, timeout }).toBeUndefined();
}

async function findTooWide(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const { scrollWidth, clientWidth } = document.documentElement;
    const over = scrollWidth - clientWidth;
    if (over <= 1) return undefined;
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    return { over, wide: wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 160)) };
  });
}

/** Does the same at each width, in pixels; the height stays. */
export async function atWidths(
  { page }: Pick<Visit, "page">,
  widths: readonly number[],
  act: (width: number) => Promise<void>,
): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: page.viewportSize()?.height ?? 900 });
    await act(width);
  }
}
