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

/** The pool of packages that name none. */
const defaultPool = "default";
const defaultPriority = 5;

/** What runs, and who asks. */
export interface StartTarget {
  readonly project: Project;
  readonly package: Package;
  readonly requester: Requester;
  /** Sent by who may send the request again: the same key gets the same execution. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * Starts an execution of a package's newest version. Execution, steps, audit row and outbox row are committed together
 * before the answer; dispatchers hear of it with the commit. A request that started one before starts nothing. Fails as
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

/** What is asked counts as the same when it is the same text: a client seals once, and sends again what it sealed. */
function keyedRequest(target: StartTarget, given: StartExecution): KeyedRequest | undefined {
  const { idempotencyKey: key, requester } = target;
  if (key === undefined) return undefined;
  return { actor: requester.name, key, sha256: sha256Hex(encodeJson([target.package.id, given])) };
}

/** An execution with everything decided. */
export interface ExecutionToAdd {
  readonly projectId: Project["id"];
  readonly packageId: Package["id"];
  readonly version: Version;
  readonly parameters: PreparedParameters;
  readonly trigger: Trigger;
  readonly requester: Requester;
  /** The manifest's without it. */
  readonly priority?: number;
  readonly notBefore?: Date;
  readonly sealedAtBoundary?: boolean;
  /** The execution whose parameters these are, when it is run again. */
  readonly again?: ExecutionId;
}

/** Writes an execution as `addExecutions` does. */
export async function addExecution(sql: Sql, given: ExecutionToAdd): Promise<ExecutionId> {
  const [id] = await addExecutions(sql, [given]);
  if (id === undefined) throw new SealrunError("INTERNAL", "An execution was not added");
  return id;
}

/**
 * Writes executions with their steps, feeds, audit rows and outbox rows in the caller's transaction, with as many
 * statements for a hundred as for one. The ids come in the order of what was given.
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
