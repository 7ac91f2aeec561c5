import { QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { createQueries, invalidateMatching, isAskedBefore } from "../../../packages/web/src/platform/queries.ts";

test("invalidateMatching() fetches again when the first answer was already on its way", async () => {
  const queries = createQueries();
  const answers: PromiseWithResolvers<string>[] = [];
  const queryFn = async (): Promise<string> => {
    const answer = Promise.withResolvers<string>();
    answers.push(answer);
    return answer.promise;
  };
  const observer = new QueryObserver(queries, { queryKey: ["executions"], queryFn });
  const stop = observer.subscribe(() => undefined);
  const made = invalidateMatching(queries, ({ queryKey }) => queryKey[0] === "executions");
  answers[0]?.resolve("before the change");
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.resolve("after it");
  await made;
  expect(observer.getCurrentResult().data).toBe("after it");
  stop();
});

test("invalidateMatching() does not touch queries of other topics", async () => {
  const queries = createQueries();
  let asked = 0;
  const observer = new QueryObserver(queries, { queryKey: ["secrets"], queryFn: async () => (asked += 1) });
  const stop = observer.subscribe(() => undefined);
  await expect.poll(() => observer.getCurrentResult().data).toBe(1);
  await invalidateMatching(queries, ({ queryKey }) => queryKey[0] === "executions");
  expect(asked).toBe(1);
  stop();
});

test("isAskedBefore() tells a request sent before a change from one sent after it", async () => {
  const queries = createQueries();
  const before = Date.now() - 1;
  const observer = new QueryObserver(queries, { queryKey: ["secrets"], queryFn: async () => 1 });
  const stop = observer.subscribe(() => undefined);
  await expect.poll(() => observer.getCurrentResult().data).toBe(1);
  const [query] = queries.getQueryCache().findAll();
  expect([before, Date.now()].map((at) => query !== undefined && isAskedBefore(query, at))).toEqual([false, true]);
  stop();
});

test("createQueries() fetches with the page's function where another query only observes", async () => {
  const queries = createQueries();
  let asked = 0;
  const page = new QueryObserver(queries, { queryKey: ["executions"], queryFn: async () => (asked += 1) });
  const stopPage = page.subscribe(() => undefined);
  await expect.poll(() => page.getCurrentResult().data).toBe(1);
  const onlooker = new QueryObserver(queries, { queryKey: ["executions"], enabled: false });
  const stopOnlooker = onlooker.subscribe(() => undefined);
  onlooker.setOptions({ queryKey: ["executions"], enabled: false });
  await invalidateMatching(queries, () => true);
  expect(onlooker.getCurrentResult().data).toBe(2);
  expect(page.getCurrentResult().error).toBeNull();
  stopPage();
  stopOnlooker();
});
