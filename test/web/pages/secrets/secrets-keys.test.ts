import { expect, test } from "vitest";
import { actionOf, type KeyPlace } from "../../../../packages/web/src/pages/secrets/secrets-keys.ts";

const press = (key: string, place: KeyPlace, held?: "ctrlKey" | "metaKey" | "altKey") =>
  actionOf({ key, ctrlKey: held === "ctrlKey", metaKey: held === "metaKey", altKey: held === "altKey" }, place);

test.each([
  ["/", "page", "search"],
  ["n", "page", "add"],
  ["?", "name", "help"],
  ["ArrowDown", "page", "next"],
  ["ArrowDown", "search", "first"],
  ["r", "name", "replace"],
  ["r", "page", undefined],
  ["Delete", "name", "delete"],
  ["n", "typing", undefined],
  ["n", "search", undefined],
  ["toString", "page", undefined],
] as const)("actionOf() takes %s on the %s for %s", (key, place, action) => {
  expect(press(key, place)).toBe(action);
});

test.each(["ctrlKey", "metaKey", "altKey"] as const)("actionOf() leaves keys with %s to the browser", (held) => {
  expect(press("n", "page", held)).toBeUndefined();
});
