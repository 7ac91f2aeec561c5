import type { TestProject } from "vitest/node";
import { openChromium } from "./chromium.ts";
import "./provided.ts";

/** Unpacks Chromium once for the whole run; the returned function removes what is this run's. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const chromium = await openChromium();
  project.provide("chromium", { executablePath: chromium.executablePath, env: chromium.env });
  return async () => chromium.close();
}
