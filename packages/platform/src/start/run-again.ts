import { type ExecutionId, parametersFileSchema, type RunAgain, SealrunError, type Trigger } from "@sealrun/protocol";
import { inSpan } from "@sealrun/telemetry";
import type { Deps } from "../deps.ts";
import { refuseArchived } from "../packages/refuse-archived.ts";
import { getPackageById } from "../packages/store.ts";
import { getVersion, type Version } from "../packages/version-store.ts";
import { fitParameters } from "./again-parameters.ts";
import { type EarlierExecution, getEarlier, keepEarlier } from "./earlier-store.ts";
import { findStarted, keyedRequest, type StartedBy } from "./idempotency-store.ts";
import type { PreparedParameters } from "./prepare-parameters.ts";
import { checkMayStart } from "./run-settings.ts";
import { addOnce } from "./start-execution.ts";

/** The execution to run again, and the requester. */
export interface AgainTarget extends StartedBy {
  readonly execution: ExecutionId;
}

/**
 * Starts a package again with the parameters of an earlier execution. Sealed ones are copied and never opened, because
 * they are bound only to the package. The trigger, an event or a schedule, stays the same. Needs no keyring.
 * `EXECUTION_NOT_FOUND`, `ARCHIVED`, `IDEMPOTENCY_KEY_REUSED`, `BAD_REQUEST` for a package whose newest manifest forbids it, and
 * `PARAMETER_INVALID` when the newest version does not accept the parameters.
 */
export async function runAgain(
  { database, tracer }: Pick<Deps, "database" | "tracer">,
  target: AgainTarget,
  { version: which = "newest" }: RunAgain,
): Promise<ExecutionId> {
  const span = tracer?.begin("sealrun.accept", target.callersTrace);
  return inSpan(
    span,
    async () => addAgain(database, target, { which, trace: span?.context }),
    (id) => ({ "sealrun.execution.id": id }),
  );
}

async function addAgain(
  database: Deps["database"],
  target: AgainTarget,
  { which, trace }: { readonly which: "newest" | "same"; readonly trace: string | undefined },
): Promise<ExecutionId> {
  const request = keyedRequest(target, ["again", target.execution, which]);
  const before = request === undefined ? undefined : await findStarted(database, request);
  if (before !== undefined) return before;
  const earlier = await getEarlier(database, target.execution);
  const found = await getPackageById(database, earlier.packageId);
  refuseArchived(earlier.project, found);
  const { name, currentVersion } = found;
  const newest = await getVersion(database, earlier.packageId, currentVersion);
  checkMayStart(name, newest.manifest);
  const isSame = which === "same" || earlier.version === currentVersion;
  const version = isSame ? await getVersion(database, earlier.packageId, earlier.version) : newest;
  const parameters = isSame ? pickParameters(earlier) : fit(target.execution, earlier, newest);
  const { projectId, packageId } = earlier;
  const { requester, execution: again } = target;
  const from = { projectId, packageId, version, parameters, trigger: triggerOf(earlier) };
  const added = { ...from, requester, again, trace };
  return database.transaction(async (sql) => {
    // What its trigger names, an event, is kept as long as an execution with that trigger exists.
    await keepEarlier(sql, again);
    return addOnce(sql, added, request);
  });
}

function pickParameters({ visible, sealed, sealedNames }: EarlierExecution): PreparedParameters {
  return { visible, sealed, sealedNames };
}

function fit(id: ExecutionId, earlier: EarlierExecution, { number, parameters }: Version): PreparedParameters {
  const file = parameters === null ? undefined : parametersFileSchema.parse(parameters);
  try {
    return { ...pickParameters(earlier), visible: fitParameters(file, earlier) };
  } catch (error) {
    if (!(error instanceof SealrunError) || error.code !== "PARAMETER_INVALID") throw error;
    const sentence = `The parameters of ${id} do not fit version ${number}: ${error.message}; run the same version again, or start a new execution`;
    throw new SealrunError("PARAMETER_INVALID", sentence, { cause: error });
  }
}

/**
 * Parameters from an event or a schedule keep their trigger. So a text in them that looks like a reference to a secret
 * is never resolved, unlike one from a person.
 */
function triggerOf({ trigger, sealed }: EarlierExecution): Trigger {
  return trigger.kind === "schedule" && sealed === null ? { kind: "request" } : trigger;
}
