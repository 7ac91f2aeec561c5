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
 * Stops every platform from starting anything new until `resumePlatform`. Running executions go on. Published events
 * can no longer be claimed; new ones are published after the hold. An existing hold stays as it is.
 */
export async function holdPlatform(database: Database, requester: Requester): Promise<HoldState> {
  return database.transaction(async (sql) => {
    if ((await lockHold(sql)) === undefined) await begin(sql, requester, { restored: false });
    return showHold(await findHold(sql));
  });
}

/**
 * Holds at a start with `--hold`: this database may be restored from a backup, so that due times up to now may have run
 * already. Returns since when, and by whom.
 */
export async function holdAtStart(database: Database): Promise<HoldState> {
  const requester = { name: `sealrun platform --hold on ${hostname()}`, requestId: newId("request") };
  return database.transaction(async (sql) => {
    const known = await lockHold(sql);
    await noteRestored(sql);
    if (known === undefined) await begin(sql, requester, { restored: true });
    // The backup was made during a hold, and what it says about published events is old.
    else await renewAllEvents(sql);
    return showHold(await findHold(sql));
  });
}

/**
 * Ends the hold: waiting executions are published, and schedules continue after the missed due times. Without a hold
 * nothing changes.
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

/** A hold in the form of the API. */
export function showHold(hold: Hold | undefined): HoldState {
  return { hold: hold === undefined ? null : { since: hold.since.toISOString(), by: hold.by } };
}

async function begin(sql: Sql, requester: Requester, detail: { readonly restored: boolean }): Promise<void> {
  await beginHold(sql, requester.name);
  await recordAudit(sql, { requester, action: "platform.hold", object, detail });
  await renewAllEvents(sql);
}
