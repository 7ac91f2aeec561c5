import { migrationsFolder } from "@sealrun/platform";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { changeTopic } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ChangeNotices, openChangeNotices } from "../../../packages/platform/src/live/change-notices.ts";
import { type FeedNotices, openFeedNotices } from "../../../packages/platform/src/live/feed-notices.ts";
import { breakListening } from "../../support/break-listening.ts";
import { until } from "../../support/executions-world.ts";
import { freshDatabase } from "../../support/servers.ts";

let own: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
let feed: FeedNotices;
let notices: ChangeNotices;
beforeAll(async () => {
  own = await freshDatabase();
  await migrate({ config: own.address, applicationName: "test", folder: migrationsFolder });
  database = await openDatabase({ config: own.address, applicationName: "test" });
  feed = await openFeedNotices(database);
  notices = await openChangeNotices(database, feed);
  await database.run("insert into projects (id, name) values ('p', 'p')");
  await database.run("insert into packages (id, project_id, name) values ('k', 'p', 'k')");
  await database.run("insert into pools (id, name) values ('l', 'l')");
  await database.run("insert into executors (id, sign_public, pool_id) values ('x', '', 'l')");
});
afterAll(async () => {
  await notices.close();
  await feed.close();
  await database.close();
  await own.drop();
});

/** The topics that a statement tells, and nothing that came before or comes after it. */
async function toldBy(statement: string): Promise<readonly string[]> {
  const heard: string[] = [];
  const mark = async (name: string): Promise<void> => {
    await database.run("select pg_notify('sealrun_changes', $1)", [name]);
    await until(async () => heard.includes(name));
  };
  const end = notices.subscribe((topics) => heard.push(...topics));
  // A topic that no statement here tells, so that it can stand for the end.
  await mark("schedules");
  heard.length = 0;
  await database.run(statement);
  await mark("schedules");
  end();
  return heard.slice(0, -1);
}

describe("openChangeNotices()", () => {
  test.each([
    ["projects", "update projects set max_concurrent = 3"],
    ["packages", "update packages set current_version = 1"],
    ["secrets", "insert into secrets (id, scope, owner_id, name, version) values ('s', 'platform', 'p', 'N', 1)"],
    ["secrets", "update secrets set deleted_at = now()"],
    ["executors", "update executors set slots = 4"],
    ["executors", "update executors set revoked_at = now(), slots = 0"],
    ["executions", "select pg_notify('sealrun_execution', 'exe_1')"],
  ])("openChangeNotices() tells %s for: %s", async (topic, statement) => {
    const heard = await toldBy(statement);
    // Executions come over a channel of their own, in no order with the others.
    if (topic !== "executions") expect(heard).toEqual([topic]);
    else await until(async () => (await toldBy(statement)).includes(topic));
  });

  test("openChangeNotices() knows for how long each list has not changed", async () => {
    const before = notices.quietMs();
    await toldBy("update projects set max_concurrent = 4");
    const { projects, platform } = notices.quietMs();
    expect(platform).toBeGreaterThanOrEqual(before.platform);
    expect(projects).toBeLessThanOrEqual(platform);
  });

  test("openChangeNotices() tells nothing of an executor that only lives", async () => {
    await database.run("update executors set slots = 4");
    const heard = await toldBy(
      "update executors set last_seen_at = clock_timestamp(), slots = 4, running = running + 1",
    );
    expect(heard).toEqual([]);
  });

  test("openChangeNotices() tells a push once, however many rows it writes", async () => {
    const heard = await toldBy(
      "do $$ begin for n in 1..20 loop insert into secrets (id, scope, owner_id, name, version) values ('n' || n, 'platform', 'p', 'N' || n, 1); end loop; end $$",
    );
    expect(heard).toEqual(["secrets"]);
  });

  test("openChangeNotices() passes over what it does not know", async () => {
    expect(await toldBy("select pg_notify('sealrun_changes', 'moons')")).toEqual([]);
  });

  test("openChangeNotices() tells every topic after its connection broke", async () => {
    const heard: string[] = [];
    const end = notices.subscribe((topics) => heard.push(...topics));
    await breakListening(database);
    await until(async () => changeTopic.options.every((topic) => heard.includes(topic)));
    end();
  });
});
