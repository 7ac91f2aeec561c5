import { type Database, openDatabase } from "@sealrun/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "../support/servers.ts";

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ config: fresh.address, applicationName: "test" });
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

test("listen() hears what is sent on its channel, in order, until it is stopped", async () => {
  const { heard, until, onNotice } = collect();
  const stop = await database.listen("news; of 'today'", onNotice);
  await notify("another", "not heard");
  for (const text of ["one", "two"]) await notify("news; of 'today'", text);
  await until("two");
  await stop();
  await notify("news; of 'today'", "too late");
  expect(heard).toEqual(["one", "two"]);
});

test("listen() connects again after a break, and says with an empty text that notices may be missing", async () => {
  const { heard, until, onNotice } = collect();
  const stop = await database.listen("news", onNotice);
  await notify("news", "before");
  await until("before");
  await database.run(
    `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query like '%clock_timestamp()%'`,
  );
  await until("");
  await notify("news", "after");
  await until("after");
  await stop();
  expect(heard).toEqual(["before", "", "after"]);
});

async function notify(channel: string, text: string): Promise<void> {
  await database.run("select pg_notify($1, $2)", [channel, text]);
}

function collect(): {
  readonly heard: string[];
  readonly until: (text: string) => Promise<void>;
  readonly onNotice: (text: string) => void;
} {
  const heard: string[] = [];
  const arrivals = new Map<string, PromiseWithResolvers<void>>();
  const arrivalOf = (text: string): PromiseWithResolvers<void> => {
    const arrival = arrivals.get(text) ?? Promise.withResolvers<void>();
    arrivals.set(text, arrival);
    return arrival;
  };
  return {
    heard,
    until: async (text) => arrivalOf(text).promise,
    onNotice: (text) => {
      heard.push(text);
      arrivalOf(text).resolve();
    },
  };
}
