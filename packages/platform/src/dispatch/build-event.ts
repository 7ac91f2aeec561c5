import {
  eventDataContext,
  isToPublicKey,
  openWithKey,
  parametersContext,
  storedContext,
  toBase64,
} from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import {
  encodeJson,
  type EventId,
  eventType,
  type EventSecret,
  type EventStep,
  type ExecutionEvent,
  type JsonObject,
  limits,
  type SealingBatch,
} from "@sealrun/protocol";
import { readEnvelope, toHex } from "@sealrun/crypto";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { findEventData } from "../events/store.ts";
import { getVersion, listFiles, type Version } from "../packages/version-store.ts";
import { listService, type SealedSecretRow } from "../secrets/lookup-store.ts";
import { openStored } from "../secrets/sealed-value.ts";
import type { ReadyExecution } from "./choice-store.ts";

/** An event's bytes, ready to be signed, and the sealing batches that a grant for it must open. */
export interface BuiltEvent {
  readonly body: Uint8Array;
  readonly expiresAt: number;
  readonly uploads: readonly SealingBatch[];
}

type BuildDeps = Pick<Deps, "platformId" | "storageKey">;

/**
 * Builds the event of an execution: the outer layer is removed here, in memory, and the inner one stays. Sealed values
 * and the file list are part of the event while they fit; otherwise it has references, which executors fetch under
 * their claim.
 */
export async function buildEvent(
  deps: BuildDeps,
  sql: Sql,
  ready: ReadyExecution,
  generation: number,
): Promise<BuiltEvent> {
  const version = await getVersion(sql, ready.package.id, ready.versionNumber);
  const secrets = await listService(sql, ready.package.id);
  const files = await listFiles(sql, version.id);
  const sealed = openParameters(deps, ready);
  const eventData = await openEventData(deps, sql, ready);
  const { expiresAt } = ready;
  const lean: ExecutionEvent = {
    executionId: ready.id,
    generation,
    platformId: deps.platformId,
    pool: ready.pool,
    project: ready.project,
    package: ready.package,
    version: { id: version.id, number: version.number, digest: version.digest },
    steps: version.steps.map(eventStep),
    config: version.config,
    mask: maskedNames(version.manifest),
    parameters: {
      visible: ready.visible,
      ...(sealed === undefined ? {} : { sealed: toBase64(sealed) }),
      ...(eventData === undefined ? {} : { eventData: { ...eventData, envelope: toBase64(eventData.envelope) } }),
    },
    trigger: ready.trigger,
    secrets: secrets.map((secret) => reference(secret)),
    expiresAt,
  };
  const leanBody = encodeJson(lean);
  const fileBytes = encodeJson(files).length;
  const withFiles = leanBody.length + fileBytes <= limits.eventBytes;
  const sealedBytes = secrets.reduce((sum, { size }) => sum + Math.ceil(size / 3) * 4 + 16, 0);
  const withEnvelopes = leanBody.length + sealedBytes + (withFiles ? fileBytes : 0) <= limits.eventBytes - 64;
  const body = encodeJson({
    ...lean,
    ...(withFiles ? { files } : {}),
    ...(withEnvelopes
      ? { secrets: secrets.map((secret) => ({ ...reference(secret), envelope: toBase64(openStored(deps, secret)) })) }
      : {}),
  });
  return { body, expiresAt, uploads: distinctBatches(secrets, sealed, eventData) };
}

function reference(secret: SealedSecretRow): EventSecret {
  const { name, id, version, sha256, size, keyId, ephemeral } = secret;
  return { name, id, version, sha256, size, keyId, ephemeral: toBase64(ephemeral) };
}

function eventStep({ script, name, secrets, timeoutMs, env, retry, input }: Version["steps"][number]): EventStep {
  return {
    script,
    name,
    env,
    ...(secrets === undefined ? {} : { secrets }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retry === undefined ? {} : { retry }),
    ...(input === undefined ? {} : { input }),
  };
}

function maskedNames(manifest: JsonObject): string[] {
  const read = z.object({ secrets: z.array(z.string()).default([]), mask: z.array(z.string()).default([]) });
  const { secrets, mask } = read.parse(manifest);
  return [...new Set([...secrets, ...mask])];
}

function openParameters(deps: BuildDeps, ready: ReadyExecution): Uint8Array | undefined {
  if (ready.sealed === null) return undefined;
  const place = { platformId: deps.platformId, packageId: ready.package.id };
  return openWithKey(deps.storageKey, storedContext(parametersContext(place)), ready.sealed);
}

/** The data of the event that started this execution, in the inner layer only; undefined without data. */
async function openEventData(deps: BuildDeps, sql: Sql, { trigger }: ReadyExecution) {
  const event = trigger.kind === "event" ? await findEventData(sql, trigger.eventId) : undefined;
  if (event === undefined || event.sealed === null) return undefined;
  const place = { platformId: deps.platformId, projectId: event.projectId, eventId: event.id };
  const envelope = openWithKey(deps.storageKey, storedContext(eventDataContext(place)), event.sealed);
  return { id: event.id, type: eventType.parse(event.type), envelope };
}

function referTo(envelope: Uint8Array): SealingBatch[] {
  const parts = readEnvelope(envelope);
  return isToPublicKey(parts) ? [{ keyId: toHex(parts.keyId), ephemeral: toBase64(parts.ephemeral) }] : [];
}

function distinctBatches(
  secrets: readonly SealedSecretRow[],
  parameters: Uint8Array | undefined,
  eventData: { readonly id: EventId; readonly envelope: Uint8Array } | undefined,
): SealingBatch[] {
  const batches: SealingBatch[] = secrets.map(({ keyId, ephemeral }) => ({
    keyId,
    ephemeral: toBase64(ephemeral),
  }));
  if (parameters !== undefined) batches.push(...referTo(parameters));
  if (eventData !== undefined) {
    const { id, envelope } = eventData;
    const prefix = toBase64(readEnvelope(envelope).prefix);
    batches.push(...referTo(envelope).map((batch) => ({ ...batch, eventData: { id, prefix } })));
  }
  return [...new Map(batches.map((batch) => [`${batch.keyId} ${batch.ephemeral}`, batch])).values()];
}
