import { type Database, openDatabase } from "@sealrun/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FeedNotices, openFeedNotices } from "../../../packages/platform/src/live/feed-notices.ts";
import { breakListening } from "../../support/break-listening.ts";
import { until } from "../../support/executions-world.ts";
import { freshDatabase } from "../../support/servers.ts";

let own: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
let notices: FeedNotices;
beforeAll(async () => {
  own = await freshDatabase();
  database = await openDatabase({ config: own.address, applicationName: "test" });
  notices = await openFeedNotices(database);
});
afterAll(async () => {
  await notices.close();
  await database.close();
  await own.drop();
});

const tell = async (id: string): Promise<unknown> => database.run("select pg_notify('sealrun_execution', $1)", [id]);

describe("openFeedNotices()", () => {
  test("openFeedNotices() calls only the followers of an execution", async () => {
    const called: string[] = [];
    const ends = ["a", "a", "b"].map((id, index) => notices.subscribe(id, () => called.push(`${id}${index}`)));
    await tell("a");
    await until(async () => called.length === 2);
    ends[0]?.();
    await tell("a");
    await tell("b");
    await until(async () => called.length === 4);
    expect(called).toEqual(["a0", "a1", "a1", "b2"]);
    for (const end of ends) end();
  });

  test("openFeedNotices() calls the followers of all executions for anything but lines", async () => {
    const called: string[] = [];
    const ends = [notices.subscribe("a", () => called.push("a")), notices.subscribeAll(() => called.push("any"))];
    await tell("a lines");
    await tell("b");
    await until(async () => called.includes("any"));
    expect(called).toEqual(["a", "any"]);
    for (const end of ends) end();
  });

  test("openFeedNotices() calls all subscribers after its connection broke", async () => {
    const called: string[] = [];
    const ends = ["a", "b"].map((id) => notices.subscribe(id, () => called.push(id)));
    await breakListening(database);
    await until(async () => called.length === 2);
    await tell("b");
    await until(async () => called.length === 3);
    expect(called).toEqual(["a", "b", "b"]);
    for (const end of ends) end();
  });
});
