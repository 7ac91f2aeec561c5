import type { Sql } from "@sealrun/postgres";
import { defaultPool, describeRequired, describeUnenforced, formOf, SealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { offersForm } from "../executors/store.ts";
import type { CheckedVersion, UploadedFile } from "../packages/checked-version.ts";
import type { Project } from "../projects/store.ts";
import { checkSchedule } from "../schedules/check-schedule.ts";
import { checkLimits } from "./check-limits.ts";
import { checkUpload } from "./check-upload.ts";

/**
 * Checks the files of a version for this platform and project. Fails as `checkUpload`, with `LIMIT_NOT_ALLOWED` and
 * `NETWORK_NOT_ENFORCED`.
 */
export async function checkContent(
  deps: Pick<Deps, "database" | "maxLimits">,
  project: Project,
  files: readonly UploadedFile[],
): Promise<CheckedVersion> {
  const checked = checkUpload(files);
  checkLimits(checked.steps, deps.maxLimits);
  checkSchedule(checked.manifest);
  await refuseUnenforced(deps.database, project, checked.manifest);
  return checked;
}

/** A package that no live executor of its pool could run as its manifest says. A pool without one proves nothing yet. */
async function refuseUnenforced(
  sql: Sql,
  { name, requireNetwork }: Project,
  manifest: CheckedVersion["manifest"],
): Promise<void> {
  const form = formOf(manifest?.network);
  if (form === "host" && requireNetwork) {
    const sentence = `Project ${name} gives no script the network of an executor's machine, and manifest.json asks for it (network: "host"); change the field`;
    throw new SealrunError("NETWORK_NOT_ENFORCED", sentence);
  }
  const pool = manifest?.pool ?? defaultPool;
  if ((await offersForm(sql, pool, { form, isRequired: requireNetwork })) !== false) return;
  const sentence = form === undefined ? describeRequired(pool) : describeUnenforced(form, pool);
  throw new SealrunError("NETWORK_NOT_ENFORCED", sentence);
}
