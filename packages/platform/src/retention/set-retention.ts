import type { Database, Sql } from "@sealrun/postgres";
import { type PlatformRetention, type ProjectRetention, SealrunError, type SetRetention } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { ringRetention } from "../postgres/channels.ts";
import type { Project } from "../projects/store.ts";
import {
  findPlatformLimits,
  findProjectLimits,
  listOwnLimits,
  setPlatformLimits,
  setProjectLimits,
} from "./limits-store.ts";

/** The installation's row belongs to no project. */
const object = "platform";

/** The platform's limits, and the projects with their own. */
export async function showPlatformRetention(sql: Sql): Promise<PlatformRetention> {
  const { startsAt, ...limits } = (await findPlatformLimits(sql)) ?? notThere();
  return { ...limits, startsAt: startsAt?.toISOString() ?? null, projects: await listOwnLimits(sql) };
}

/** The limits that apply to a project, and whose they are. */
export async function showProjectRetention(sql: Sql, { id }: Pick<Project, "id">): Promise<ProjectRetention> {
  const { startsAt, isOwn, ...limits } = (await findProjectLimits(sql, id)) ?? notThere();
  return { ...limits, from: isOwn ? "project" : "platform", startsAt: startsAt?.toISOString() ?? null };
}

/** Changes the platform's limits; what is older now is deleted soon. */
export async function setPlatformRetention(
  database: Database,
  requester: Requester,
  limits: SetRetention,
): Promise<PlatformRetention> {
  return database.transaction(async (sql) => {
    await setPlatformLimits(sql, limits);
    await recordAudit(sql, { requester, action: "retention.set", object, detail: { ...limits } });
    await ringRetention(sql);
    return showPlatformRetention(sql);
  });
}

/** Gives a project its own limits; without any, the platform's apply again. What is older now is deleted soon. */
export async function setProjectRetention(
  database: Database,
  requester: Requester,
  { project, limits }: { readonly project: Pick<Project, "id">; readonly limits: SetRetention | undefined },
): Promise<ProjectRetention> {
  return database.transaction(async (sql) => {
    await setProjectLimits(sql, project.id, limits);
    const action = limits === undefined ? "retention.reset" : "retention.set";
    await recordAudit(sql, { requester, action, object: project.id, detail: { ...limits } });
    await ringRetention(sql);
    return showProjectRetention(sql, project);
  });
}

function notThere(): never {
  throw new SealrunError("INTERNAL", "The database has no row of this installation or project");
}
