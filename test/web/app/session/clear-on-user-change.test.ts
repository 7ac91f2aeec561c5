import { expect, test } from "vitest";
import { clearOnUserChange } from "../../../../packages/web/src/app/session/clear-on-user-change.ts";
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

test("clearOnUserChange() keeps the data of a user who signs in again", () => {
  const queries = filled();
  clearOnUserChange(queries, "admin", "admin");
  expect(kept(queries)).toEqual(["session", "executions"]);
});

test.each([
  ["admin", "other"],
  [undefined, "other"],
])("clearOnUserChange() drops the data of %s when %s signs in, but keeps the session", (before, now) => {
  const queries = filled();
  clearOnUserChange(queries, before, now);
  expect(kept(queries)).toEqual(["session"]);
});
