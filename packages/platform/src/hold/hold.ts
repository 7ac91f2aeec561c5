import { hostname } from "node:os";
import { newId } from "@sealrun/crypto";
import type { Database, Sql } from "@sealrun/postgres";
import type { HoldState, ResumeAnswer } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { renewAllEvents } from "../outbox/store.ts";
import { ringOutbox } from "../postgres/channels.ts";
import { ringSchedules } from "../postgres/channels.ts";
import { beginHold, endHold, findHold, type Hold, lockHold, noteRestored } from "./store.ts";

/** The installation's row belongs to no project. */
const object = "platform";

/**
 * Keeps every platform from starting anything new until `resumePlatform`. What runs goes on; events that are out may no
 * longer be claimed, and their executions are offered anew after the hold. A hold that is in force stays as it is.
 */
export async function holdPlatform(database: Database, requester: Requester): Promise<HoldState> {
  return database.transaction(async (sql) => {
    if ((await lockHold(sql)) === undefined) await begin(sql, requester, { restored: false });
    return showHold(await findHold(sql));
  });
}

/**
 * Holds at a start with `--hold`: this database may be a copy from before, so that due times up to now may have run
 * already. The answer says since when, and by whom.
 */
export async function holdAtStart(database: Database): Promise<HoldState> {
  const requester = { name: `sealrun platform --hold on ${hostname()}`, requestId: newId("request") };
  return database.transaction(async (sql) => {
    const known = await lockHold(sql);
    await noteRestored(sql);
    if (known === undefined) await begin(sql, requester, { restored: true });
    // A copy that was made during a hold: what it says of events that are out is old all the same.
    else await renewAllEvents(sql);
    return showHold(await findHold(sql));
  });
}

/**
 * Ends the hold: what waits is offered, and schedules go on after the due times that were missed. Without a hold nothing
 * changes.
 */
export async function resumePlatform(database: Database, requester: Requester): Promise<ResumeAnswer> {
  return database.transaction(async (sql) => {
    const hold = await lockHold(sql);
    if (hold === undefined) return { hold: null, due: 0 };
    const due = await endHold(sql);
    const { since, by } = hold;
    await recordAudit(sql, {
      requester,
      action: "platform.resume",
      object,
      detail: { since: since.toISOString(), by, due },
    });
    await ringOutbox(sql);
    await ringSchedules(sql);
    return { ...showHold(hold), due };
  });
}

/** A hold as answers show it. */
export function showHold(hold: Hold | undefined): HoldState {
  return { hold: hold === undefined ? null : { since: hold.since.toISOString(), by: hold.by } };
}

async function begin(sql: Sql, requester: Requester, detail: { readonly restored: boolean }): Promise<void> {
  await beginHold(sql, requester.name);
  await recordAudit(sql, { requester, action: "platform.hold", object, detail });
  await renewAllEvents(sql);
}
