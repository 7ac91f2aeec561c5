import {
  envelopePrefix,
  eventDataContext,
  openWithKey,
  parametersContext,
  storedContext,
  toBase64,
} from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import {
  encodeJson,
  eventType,
  type EventSecret,
  type EventStep,
  type ExecutionEvent,
  type JsonObject,
  limits,
  networkSetting,
} from "@sealrun/protocol";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { findEventData } from "../events/store.ts";
import type { OpenedValue } from "../executions/granted.ts";
import type { Version } from "../packages/version-store.ts";
import type { SealedSecretRow } from "../secrets/lookup-store.ts";
import { openStored } from "../secrets/sealed-value.ts";
import type { ReadyExecution } from "./choice-store.ts";
import type { EventParts } from "./event-parts.ts";

/** An event's bytes, ready to be signed, and what a grant for it opens. */
export interface BuiltEvent {
  readonly body: Uint8Array;
  readonly expiresAt: number;
  readonly granted: readonly OpenedValue[];
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
  { generation, version, files, secrets }: EventParts & { readonly generation: number },
): Promise<BuiltEvent> {
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
    ...networkOf(version.manifest),
    config: version.config,
    mask: maskedNames(version.manifest),
    parameters: {
      visible: ready.visible,
      ...(sealed === undefined ? {} : { sealed: toBase64(sealed) }),
      ...(eventData === undefined ? {} : { eventData: { ...eventData, envelope: toBase64(eventData.envelope) } }),
    },
    trigger: ready.trigger,
    ...(ready.trace === null ? {} : { trace: ready.trace }),
    secrets: secrets.map((secret) => reference(secret)),
    expiresAt,
  };
  const leanBody = encodeJson(lean);
  const fileBytes = encodeJson(files).length;
  const withFiles = leanBody.length + fileBytes <= limits.eventBytes;
  const sealedBytes = secrets.reduce((sum, { size }) => sum + Math.ceil(size / 3) * 4 + 16, 0);
  const withEnvelopes = leanBody.length + sealedBytes + (withFiles ? fileBytes : 0) <= limits.eventBytes - 64;
  const first = chooseGranted(secrets, lean, withEnvelopes);
  const envelopes = new Map((withEnvelopes ? secrets : first).map((secret) => [secret, openStored(deps, secret)]));
  const body = encodeJson({
    ...lean,
    ...(withFiles ? { files } : {}),
    ...(withEnvelopes
      ? {
          secrets: Array.from(envelopes, ([secret, envelope]) => ({
            ...reference(secret),
            envelope: toBase64(envelope),
          })),
        }
      : {}),
  });
  const granted: OpenedValue[] = Array.from(first, (secret) => {
    const { name, version } = secret;
    return { kind: "secret", name, version, prefix: prefixOf(envelopes.get(secret) ?? openStored(deps, secret)) };
  });
  if (sealed !== undefined) granted.push({ kind: "parameters", prefix: prefixOf(sealed) });
  if (eventData !== undefined) {
    granted.push({ kind: "event-data", id: eventData.id, prefix: prefixOf(eventData.envelope) });
  }
  return { body, expiresAt, granted };
}

function reference(secret: SealedSecretRow): EventSecret {
  const { name, id, version, sha256, size } = secret;
  return { name, id, version, sha256, size };
}

function eventStep({
  script,
  name,
  secrets,
  timeoutMs,
  env,
  retry,
  input,
  limits: own,
}: Version["steps"][number]): EventStep {
  return {
    script,
    name,
    env,
    ...(secrets === undefined ? {} : { secrets }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retry === undefined ? {} : { retry }),
    ...(input === undefined ? {} : { input }),
    ...(own === undefined ? {} : { limits: own }),
  };
}

/** What a manifest of an earlier version wrote in another form is left out: no executor may claim it. */
function networkOf(manifest: JsonObject): Pick<ExecutionEvent, "network"> {
  const { data: network } = networkSetting.safeParse(manifest["network"]);
  return network === undefined ? {} : { network };
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

function prefixOf(envelope: Uint8Array): string {
  return toBase64(envelopePrefix(envelope));
}

/**
 * The secrets that the grant opens: at most 64, first those that the manifest lists, since executors read them before the
 * first step. The keys of others are looked up when they are read. Each is opened here for its prefix; so, when the
 * event carries only references, those that are not listed stay closed, and the listed ones are limited in bytes.
 */
function chooseGranted(
  secrets: readonly SealedSecretRow[],
  { mask, steps }: Pick<ExecutionEvent, "mask" | "steps">,
  withEnvelopes: boolean,
): readonly SealedSecretRow[] {
  const listed = new Set<string>([...mask, ...steps.flatMap((step) => step.secrets ?? [])]);
  const others = withEnvelopes ? secrets.filter(({ name }) => !listed.has(name)) : [];
  let leftBytes: number = limits.eventBytes;
  const chosen: SealedSecretRow[] = [];
  for (const secret of [...secrets.filter(({ name }) => listed.has(name)), ...others]) {
    if (chosen.length === limits.grantSecrets) break;
    if (secret.size > leftBytes) continue;
    leftBytes -= secret.size;
    chosen.push(secret);
  }
  return chosen;
}
