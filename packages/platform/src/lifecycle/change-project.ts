import type { Sql } from "@sealrun/postgres";
import type { ChangeProject, JsonObject, ProjectName } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Deps, Requester } from "../deps.ts";
import { lockScheduledPackages } from "../packages/change-store.ts";
import { ringOutbox } from "../postgres/channels.ts";
import {
  getProject,
  limitProject,
  lockProject,
  type Project,
  renameProject,
  requireNetwork as setRequireNetwork,
  requireSandbox,
  setProjectArchived,
} from "../projects/store.ts";
import { refreshSchedules } from "../schedules/refresh.ts";

/**
 * Changes the limits of a project, its name, or whether it is archived; what is absent stays. Nothing that is sealed names
 * a project, so a new name changes no secret. `PROJECT_NOT_FOUND`, and `ALREADY_EXISTS` for a name that another one has.
 */
export async function changeProject(
  { database }: Pick<Deps, "database">,
  { project: current, requester }: { readonly project: ProjectName; readonly requester: Requester },
  change: ChangeProject,
): Promise<Project> {
  const isChanged = Object.values(change).some((value) => value !== undefined);
  if (!isChanged) return getProject(database, current);
  return database.transaction(async (sql) => {
    const project = await lockProject(sql, current);
    const record = async (action: string, detail: JsonObject = {}): Promise<void> =>
      recordAudit(sql, { requester, action, object: project.id, detail });
    const { maxConcurrent, minSandbox, requireNetwork, name, archived } = change;
    if (maxConcurrent !== undefined) {
      await limitProject(sql, current, maxConcurrent);
      await record("project.limit", { maxConcurrent });
    }
    if (minSandbox !== undefined) {
      await requireSandbox(sql, current, minSandbox);
      await record("project.sandbox", { minSandbox });
    }
    if (requireNetwork !== undefined) {
      await setRequireNetwork(sql, current, requireNetwork);
      await record("project.network", { requireNetwork });
    }
    if (archived !== undefined && archived !== (project.archivedAt !== null)) {
      await archive(sql, { project, requester, archived });
      await record(archived ? "project.archive" : "project.unarchive");
    }
    if (name !== undefined && name !== project.name) {
      await renameProject(sql, project.id, name);
      await record("project.rename", { from: project.name, to: name });
    }
    // What waited behind a limit or an archive may start now.
    await ringOutbox(sql);
    return getProject(sql, name ?? current);
  });
}

async function archive(
  sql: Sql,
  { project, requester, archived }: { project: Project; requester: Requester; archived: boolean },
): Promise<void> {
  await setProjectArchived(sql, project.id, archived);
  for (const packageId of await lockScheduledPackages(sql, project.id)) {
    await refreshSchedules(sql, { packageId, requester });
  }
}
