import { expect, test } from "vitest";
import { forgetEarlier } from "../../../../packages/web/src/app/session/clear-on-user-change.ts";
import { createQueries } from "../../../../packages/web/src/platform/queries.ts";

const filled = () => {
  const queries = createQueries();
  queries.setQueryData(["session"], "who");
  queries.setQueryData(["executions", "one"], "log");
  return queries;
};
const kept = (queries: ReturnType<typeof createQueries>) =>
  queries
    .getQueryCache()
    .getAll()
    .map(({ queryKey }) => queryKey[0]);

test("forgetEarlier() keeps what somebody was shown who signs in again", () => {
  const queries = filled();
  forgetEarlier(queries, "admin", "admin");
  expect(kept(queries)).toEqual(["session", "executions"]);
});

test.each([
  ["admin", "other"],
  [undefined, "other"],
])("forgetEarlier() drops what %s was shown when %s signs in, except who is signed in", (before, now) => {
  const queries = filled();
  forgetEarlier(queries, before, now);
  expect(kept(queries)).toEqual(["session"]);
});
