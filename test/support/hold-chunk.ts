import type { Page } from "playwright-core";

/** Keeps back the code of one page of the web UI, as a slow network would, until the returned function is called. */
export async function holdChunk(page: Page, name: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(new RegExp(`/assets/${name}-[^/]+\\.js$`), async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}
