import { expect } from "vitest";
import { searchFiles, type Wanted } from "../../packages/cli/src/search/search-files.ts";
import type { Visit } from "./browser.ts";
import { searchBrowser } from "./canary-search.ts";
import type { RecordingProxy } from "./recording-proxy.ts";

/**
 * Fails when a value is anywhere in the browser, on the wire or in the files of the server; or when the control, which
 * goes everywhere that a value must not go, is not found where it is expected and in the files.
 */
export async function expectNowhere(
  { opened, proxy, folder }: { readonly opened: Visit; readonly proxy: RecordingProxy; readonly folder: string },
  values: readonly Wanted[],
  { control, places }: { readonly control: Wanted; readonly places: readonly string[] },
): Promise<void> {
  const found = await searchBrowser(opened, proxy, [...values, control]);
  expect(found.filter(({ value }) => value !== control.label)).toEqual([]);
  const seen = new Set(found.map(({ place }) => place));
  for (const place of places) expect(seen).toContain(place);
  const files = await searchFiles([folder], [...values, control]);
  expect(files.findings.filter(({ value }) => value !== control.label)).toEqual([]);
  expect(files.findings.length).toBeGreaterThan(0);
}
