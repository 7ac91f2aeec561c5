import { newId } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import {
  defaultPool,
  executionId,
  type ExecutionId,
  parametersFileSchema,
  SealrunError,
  type StartExecution,
  type Trigger,
} from "@sealrun/protocol";
import type { Sql } from "@sealrun/postgres";
import { inSpan } from "@sealrun/telemetry";
import type { Kept } from "../cache/kept.ts";
import type { Requester, Deps } from "../deps.ts";
import { refuseArchived } from "../packages/refuse-archived.ts";
import type { Package } from "../packages/store.ts";
import type { Version } from "../packages/version-store.ts";
import type { Project } from "../projects/store.ts";
import { findScopeKey } from "../secrets/known-scope-key.ts";
import type { ScopeKey } from "../secrets/scope-key.ts";
import { inBatches } from "../postgres/insert-rows.ts";
import { findStarted, type KeyedRequest, keyedRequest, type StartedBy } from "./idempotency-store.ts";
import { type PreparedParameters, prepareParameters } from "./prepare-parameters.ts";
import { readRunSettings, checkMayStart } from "./run-settings.ts";
import { insertStarted, type NewExecution } from "./started-store.ts";

const defaultPriority = 5;
/** Executions that one statement writes. */
const maxExecutions = 500;

type StartDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId" | "storageKey" | "tracer"> & {
  readonly kept: Pick<Kept, "getVersion">;
};

/** The package to run, and the requester. */
export interface StartTarget extends StartedBy {
  readonly project: Project;
  readonly package: Package;
}

/**
 * Starts an execution of a package's newest version, or of the version asked for. Execution, steps, audit row and outbox row are committed together
 * before the answer; the commit notifies dispatchers. A repeated request with the same key starts nothing new. Fails as
 * `prepareParameters`, with `KEYRING_UNREACHABLE`, `IDEMPOTENCY_KEY_REUSED`, with `BAD_REQUEST` for a package whose newest
 * manifest forbids it, `NOT_FOUND` for a version that does not exist, and
 * `ARCHIVED`.
 */
export async function startExecution(
  deps: StartDeps,
  target: StartTarget,
  given: StartExecution,
): Promise<ExecutionId> {
  const span = deps.tracer?.begin("sealrun.accept", target.callersTrace);
  return inSpan(
    span,
    async () => prepareAndAdd(deps, target, { given, trace: span?.context }),
    (id) => ({ "sealrun.execution.id": id }),
  );
}

async function prepareAndAdd(
  deps: StartDeps,
  target: StartTarget,
  { given, trace }: { readonly given: StartExecution; readonly trace: string | undefined },
): Promise<ExecutionId> {
  // A client seals once, and a retry sends the same sealed bytes.
  const request = keyedRequest(target, [target.package.id, given]);
  let prepared: ExecutionToAdd;
  try {
    prepared = { ...(await prepare(deps, target, given)), trace };
  } catch (error) {
    // A request that is sent again gets its execution, even when the package can no longer be started like that.
    const before = request === undefined ? undefined : await findStarted(deps.database, request);
    if (before === undefined) throw error;
    return before;
  }
  crashPoint("platform.start.before-commit");
  const id = await addOnce(deps.database, prepared, request);
  crashPoint("platform.start.after-commit");
  return id;
}

async function prepare(deps: StartDeps, target: StartTarget, given: StartExecution): Promise<ExecutionToAdd> {
  const packageId = target.package.id;
  refuseArchived(target.project, target.package);
  const { version: newest } = await deps.kept.getVersion(deps.database, packageId, target.package.currentVersion);
  checkMayStart(target.package.name, newest.manifest);
  const { version } =
    given.version === undefined
      ? { version: newest }
      : await deps.kept.getVersion(deps.database, packageId, given.version);
  const place = { scope: "service", ownerId: packageId, projectId: target.project.id } as const;
  const findKey = async (): Promise<ScopeKey> => findScopeKey(deps, place);
  const parameters = await prepareParameters(deps, { packageId, findKey, file: fileOf(version) }, given);
  const { priority, notBefore } = given;
  return {
    projectId: target.project.id,
    packageId,
    version,
    parameters,
    trigger: { kind: "request" },
    requester: target.requester,
    ...(priority === undefined ? {} : { priority }),
    ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
    sealedAtBoundary: given.sealed === undefined && parameters.sealed !== null,
  };
}

/** An execution that is ready to be stored. */
export interface ExecutionToAdd {
  readonly projectId: Project["id"];
  readonly packageId: Package["id"];
  readonly version: Version;
  readonly parameters: PreparedParameters;
  readonly trigger: Trigger;
  readonly requester: Requester;
  /** By default the manifest's priority. */
  readonly priority?: number;
  readonly notBefore?: Date;
  readonly sealedAtBoundary?: boolean;
  /** The span that starts it; none while tracing is off. */
  readonly trace?: string | undefined;
  /** The earlier execution, when this one runs it again. */
  readonly again?: ExecutionId;
}

/** Writes an execution as `addExecutions` does. */
export async function addExecution(sql: Sql, given: ExecutionToAdd): Promise<ExecutionId> {
  const [id] = await addExecutions(sql, [given]);
  if (id === undefined) throw new SealrunError("INTERNAL", "An execution was not added");
  return id;
}

/**
 * Writes an execution as `addExecutions` does, once for each request: the same request again gets the execution that it
 * started. `IDEMPOTENCY_KEY_REUSED`.
 */
export async function addOnce(
  sql: Sql,
  given: ExecutionToAdd,
  request: KeyedRequest | undefined,
): Promise<ExecutionId> {
  if (request === undefined) return addExecution(sql, given);
  for (;;) {
    const [id] = await insertStarted(sql, [newExecution(given)], request);
    const earlier = id ?? (await findStarted(sql, request));
    // Between the two statements the key may have become too old to count.
    if (earlier !== undefined) return earlier;
  }
}

/**
 * Writes executions with their steps, feeds, audit rows and outbox rows. Returns the ids in the given order. The number
 * of statements depends on the size of their parameters only: with more than one, call it in a transaction.
 */
export async function addExecutions(sql: Sql, given: readonly ExecutionToAdd[]): Promise<readonly ExecutionId[]> {
  const ids: ExecutionId[] = [];
  const sizeOf = ({ sealed }: NewExecution): number => sealed?.length ?? 0;
  for (const some of inBatches(given.map(newExecution), { of: maxExecutions, sizeOf })) {
    ids.push(...(await insertStarted(sql, some)));
  }
  return ids;
}

function newExecution(added: ExecutionToAdd): NewExecution {
  const { projectId, packageId, version, parameters, trigger, again, requester } = added;
  const settings = readRunSettings(version.manifest);
  return {
    id: executionId.parse(newId("execution")),
    projectId,
    packageId,
    versionId: version.id,
    poolName: settings.pool ?? defaultPool,
    priority: added.priority ?? settings.priority ?? defaultPriority,
    notBefore: added.notBefore,
    trigger,
    onLost: settings.on_lost ?? "fail",
    steps: version.steps,
    ...parameters,
    requester,
    trace: added.trace ?? null,
    detail: {
      package: packageId,
      version: version.number,
      sealedParameters: [...parameters.sealedNames],
      sealedAtBoundary: added.sealedAtBoundary ?? false,
      ...(trigger.kind === "request" ? {} : { trigger }),
      ...(again === undefined ? {} : { again }),
    },
  };
}

function fileOf({ parameters }: Version) {
  return parameters === null ? undefined : parametersFileSchema.parse(parameters);
}
