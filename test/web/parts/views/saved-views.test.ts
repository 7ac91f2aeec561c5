import { expect, test } from "vitest";
import { maxViews, readViews, withView } from "../../../../packages/web/src/parts/views/saved-views.ts";

test("readViews() reads what was kept, and nothing of another form", () => {
  const kept = [{ name: "Red", search: "?status=failed" }];
  expect(readViews(JSON.stringify(kept))).toEqual(kept);
  for (const text of [null, "", "{", "{}", '[{"name": 1}]', '[{"name": "", "search": ""}]']) {
    expect(readViews(text)).toEqual([]);
  }
});

test("withView() adds a view in order, replaces one of the same name, and keeps the number small", () => {
  const [a, b] = [
    { name: "a", search: "?1" },
    { name: "b", search: "?2" },
  ];
  expect(withView([b], a)).toEqual([a, b]);
  expect(withView([a, b], { name: "a", search: "?3" })).toEqual([{ name: "a", search: "?3" }, b]);
  const many = Array.from({ length: maxViews }, (_, index) => ({ name: String(index), search: "" }));
  expect(withView(many, a)).toHaveLength(maxViews);
});
