import { newId, sha256Hex } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import {
  encodeJson,
  executionId,
  type ExecutionId,
  parametersFileSchema,
  SealrunError,
  type StartExecution,
  type Trigger,
} from "@sealrun/protocol";
import type { Sql } from "@sealrun/postgres";
import { recordAudits } from "../audit/store.ts";
import type { Requester, Deps } from "../deps.ts";
import type { Package } from "../packages/store.ts";
import { getVersion, type Version } from "../packages/version-store.ts";
import type { Project } from "../projects/store.ts";
import { findScopeKey } from "../secrets/known-scope-key.ts";
import { openFeeds } from "../executions/feed-store.ts";
import { addNewToOutbox } from "../outbox/store.ts";
import { findStarted, type KeyedRequest, keepKey, lockKey } from "./idempotency-store.ts";
import { type PreparedParameters, prepareParameters } from "./prepare-parameters.ts";
import { readRunSettings, checkMayStart } from "./run-settings.ts";
import { insertExecutions, type NewExecution } from "../executions/store.ts";

/** The pool of packages whose manifest has no pool. */
const defaultPool = "default";
const defaultPriority = 5;

/** The package to run, and the requester. */
export interface StartTarget {
  readonly project: Project;
  readonly package: Package;
  readonly requester: Requester;
  /** Lets the requester retry safely: the same key gets the same execution. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * Starts an execution of a package's newest version. Execution, steps, audit row and outbox row are committed together
 * before the answer; the commit notifies dispatchers. A repeated request with the same key starts nothing new. Fails as
 * `prepareParameters`, with `KEYRING_UNREACHABLE`, `IDEMPOTENCY_KEY_REUSED`, and with `BAD_REQUEST` for a package whose
 * manifest forbids it.
 */
export async function startExecution(
  deps: Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId" | "storageKey">,
  target: StartTarget,
  given: StartExecution,
): Promise<ExecutionId> {
  const request = keyedRequest(target, given);
  const before = request === undefined ? undefined : await findStarted(deps.database, request);
  if (before !== undefined) return before;
  const version = await getVersion(deps.database, target.package.id, target.package.currentVersion);
  checkMayStart(target.package.name, version.manifest);
  const place = { scope: "service", ownerId: target.package.id, projectId: target.project.id } as const;
  const key = await findScopeKey(deps, place);
  const parameters = prepareParameters(deps, { packageId: target.package.id, key, file: fileOf(version) }, given);
  const { priority, notBefore } = given;
  const id = await deps.database.transaction(async (sql) => {
    const meanwhile = request === undefined ? undefined : await lockKey(sql, request);
    if (meanwhile !== undefined) return meanwhile;
    const added = await addExecution(sql, {
      projectId: target.project.id,
      packageId: target.package.id,
      version,
      parameters,
      trigger: { kind: "request" },
      requester: target.requester,
      ...(priority === undefined ? {} : { priority }),
      ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
      sealedAtBoundary: given.sealed === undefined && parameters.sealed !== null,
    });
    if (request !== undefined) await keepKey(sql, request, added);
    crashPoint("platform.start.before-commit");
    return added;
  });
  crashPoint("platform.start.after-commit");
  return id;
}

/** Requests are the same when their text is: a client seals once, and a retry sends the same sealed bytes. */
function keyedRequest(target: StartTarget, given: StartExecution): KeyedRequest | undefined {
  const { idempotencyKey: key, requester } = target;
  if (key === undefined) return undefined;
  return { actor: requester.name, key, sha256: sha256Hex(encodeJson([target.package.id, given])) };
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
 * Writes executions with their steps, feeds, audit rows and outbox rows in the caller's transaction. The number of
 * statements does not depend on the number of executions. Returns the ids in the given order.
 */
export async function addExecutions(sql: Sql, given: readonly ExecutionToAdd[]): Promise<readonly ExecutionId[]> {
  if (given.length === 0) return [];
  const added = given.map((one) => ({ ...one, id: executionId.parse(newId("execution")) }));
  const ids = added.map(({ id }) => id);
  await insertExecutions(sql, added.map(newExecution));
  await openFeeds(sql, ids);
  await recordAudits(
    sql,
    added.map(({ id, version, parameters, trigger, ...one }) => ({
      requester: one.requester,
      action: "execution.start",
      object: id,
      detail: {
        package: one.packageId,
        version: version.number,
        sealedParameters: [...parameters.sealedNames],
        sealedAtBoundary: one.sealedAtBoundary ?? false,
        ...(trigger.kind === "request" ? {} : { trigger }),
        ...(one.again === undefined ? {} : { again: one.again }),
      },
    })),
  );
  await addNewToOutbox(sql, ids);
  return ids;
}

function newExecution(added: ExecutionToAdd & { readonly id: ExecutionId }): NewExecution {
  const { id, projectId, packageId, version, parameters, trigger } = added;
  const settings = readRunSettings(version.manifest);
  return {
    id,
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
  };
}

function fileOf({ parameters }: Version) {
  return parameters === null ? undefined : parametersFileSchema.parse(parameters);
}
