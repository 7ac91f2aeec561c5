import type { Scope } from "@sealrun/protocol";

type ContextKind =
  | "secret"
  | "parameters"
  | "state"
  | "event-data"
  | "stored"
  | "scope-key"
  | "grant"
  | "lookup"
  | "enrolment"
  | "credentials"
  | "spool"
  | "spooled-report"
  | "key-check";

/**
 * Where a sealed value belongs. Sealing and opening must name the same place, or opening fails as
 * `WRONG_KEY_OR_CONTEXT`. Made only by the functions of this file: each starts with its kind and has a fixed number of
 * parts for it, so that no two kinds can be equal; each part is length-prefixed when it is used.
 */
export type Context = readonly [kind: ContextKind, ...parts: string[]];

/** The place of one secret. `ownerId` is the package, the project, or for scope platform the platform itself. */
export function secretContext(place: {
  readonly platformId: string;
  readonly scope: Scope;
  readonly ownerId: string;
  readonly name: string;
}): Context {
  return ["secret", place.platformId, place.scope, place.ownerId, place.name];
}

/** The parameters of a package's executions. It has no execution id, so that a rerun can copy sealed parameters. */
export function parametersContext(place: { readonly platformId: string; readonly packageId: string }): Context {
  return ["parameters", place.platformId, "service", place.packageId];
}

/** One key of a package's state. */
export function stateContext(place: {
  readonly platformId: string;
  readonly packageId: string;
  readonly key: string;
}): Context {
  return ["state", place.platformId, "service", place.packageId, place.key];
}

/** The data of one event, for the packages of its project. */
export function eventDataContext(place: {
  readonly platformId: string;
  readonly projectId: string;
  readonly eventId: string;
}): Context {
  return ["event-data", place.platformId, "project", place.projectId, place.eventId];
}

/** The outer envelope, under the storage key, around a value that was sealed for `inner`. */
export function storedContext(inner: Context): Context {
  return ["stored", ...inner];
}

/** A scope's private key, wrapped by the wrapping root key. */
export function scopeKeyContext(place: {
  readonly platformId: string;
  readonly scope: Scope;
  readonly ownerId: string;
  readonly version: number;
}): Context {
  return ["scope-key", place.platformId, place.scope, place.ownerId, String(place.version)];
}

/** The grant of one attempt, boxed to one executor. */
export function grantContext(place: {
  readonly platformId: string;
  readonly executionId: string;
  readonly attempt: number;
  readonly executorId: string;
}): Context {
  return ["grant", place.platformId, place.executionId, String(place.attempt), place.executorId];
}

/** The answer to one lookup of one attempt, boxed to one executor. */
export function lookupContext(place: {
  readonly platformId: string;
  readonly executionId: string;
  readonly attempt: number;
  readonly executorId: string;
  readonly requestId: string;
}): Context {
  return ["lookup", place.platformId, place.executionId, String(place.attempt), place.executorId, place.requestId];
}

/** The reply that the keyring seals to an executor that enrols. The executor learns the platform's id only from it. */
export function enrolmentContext(place: { readonly enrolmentId: string; readonly executorId: string }): Context {
  return ["enrolment", place.enrolmentId, place.executorId];
}

/** New NATS credentials that the keyring seals to an executor, in reply to the request `requestId`. */
export function credentialsContext(place: {
  readonly platformId: string;
  readonly executorId: string;
  readonly requestId: string;
}): Context {
  return ["credentials", place.platformId, place.executorId, place.requestId];
}

/** The end of one attempt in its executor's spool on disk. */
export function spoolContext(place: {
  readonly executorId: string;
  readonly executionId: string;
  readonly attempt: number;
}): Context {
  return ["spool", place.executorId, place.executionId, String(place.attempt)];
}

/** One chunk of an attempt's reports in its executor's spool: bound to its number, so that chunks cannot be swapped. */
export function spooledReportContext(
  place: Parameters<typeof spoolContext>[0] & { readonly sequence: number },
): Context {
  return ["spooled-report", place.executorId, place.executionId, String(place.attempt), String(place.sequence)];
}

/** Which of the two root keys. */
export type RootKeyKind = "storage" | "wrapping";

/** The check value of a root key. */
export function keyCheckContext(kind: RootKeyKind): Context {
  return ["key-check", kind];
}
