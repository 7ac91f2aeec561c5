import { expect, test } from "vitest";
import { createClient } from "../../../packages/client/src/client.ts";
import { hostilePlatform } from "../hostile-platform.ts";

test("listSchedules() and deleteSchedule() ask for what they are given, escaped", async () => {
  const platform = hostilePlatform(({ method }) =>
    method === "DELETE" ? { id: "sch_00000000000000000000" } : { schedules: [] },
  );
  const queries: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (typeof input === "string") queries.push(new URL(input).search);
    return platform.fetch(input, init);
  };
  const { fingerprint } = platform;
  const client = createClient({ url: "http://platform.test", token: "t", fingerprint, fetch });
  expect(await client.listSchedules({ project: "a&b", package: "c" })).toEqual([]);
  expect(await client.listSchedules({})).toEqual([]);
  await client.deleteSchedule("../x");
  expect(platform.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /platform",
    "GET /schedules",
    "GET /schedules",
    "DELETE /schedules/..%2Fx",
  ]);
  expect(queries).toEqual(["", "?project=a%26b&package=c", "", ""]);
});
