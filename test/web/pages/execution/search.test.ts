import { expect, test } from "vitest";
import { executionSearch, executionTabs } from "../../../../packages/web/src/pages/execution/search.ts";

test("executionSearch knows every tab, and a line as a number from 1", () => {
  for (const tab of executionTabs) expect(executionSearch.parse({ tab }).tab).toBe(tab);
  expect(executionSearch.parse({ line: "12" }).line).toBe(12);
});

test("executionSearch drops a tab that is not one, and a line that is no line", () => {
  expect(executionSearch.parse({ tab: "secrets", line: 0 })).toEqual({ tab: undefined, line: undefined });
});
