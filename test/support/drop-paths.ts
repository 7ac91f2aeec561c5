import type { Page } from "playwright-core";

/** Drags files and folders of this machine over the page as a file manager does, and does not let go. */
export async function dragPaths(page: Page, paths: readonly string[]): Promise<void> {
  await dispatch(page, paths, ["dragEnter", "dragOver"]);
}

/** Drops files and folders of this machine as a file manager does. */
export async function dropPaths(page: Page, paths: readonly string[]): Promise<void> {
  await dispatch(page, paths, ["dragEnter", "dragOver", "drop"]);
}

async function dispatch(
  page: Page,
  paths: readonly string[],
  types: readonly ("dragEnter" | "dragOver" | "drop")[],
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of types) await session.send("Input.dispatchDragEvent", { type, x: 700, y: 300, data });
  await session.detach();
}
