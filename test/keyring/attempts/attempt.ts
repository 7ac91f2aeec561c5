import {
  createBatchSealer,
  fromBase64,
  grantContext,
  type Identity,
  lookupContext,
  newId,
  openBoxed,
  openWithMessageKey,
  readEnvelope,
  secretContext,
  toBase64,
  verifyScopeKey,
} from "@sealrun/crypto";
import {
  answeredError,
  decode,
  executionId,
  type ExecutionId,
  type Grant,
  type GrantedValue,
  grant,
  grantReply,
  keyringLookupReply,
  messageKeys,
  packageId,
  type PackageId,
  projectId,
  type ProjectId,
  type Scope,
  scopeKeyReply,
  secretName,
} from "@sealrun/protocol";
import { executorFrame, type World } from "../world.ts";

/** A package with a key, as a push leaves it. */
export interface PushedPackage {
  readonly packageId: PackageId;
  readonly projectId: ProjectId;
  readonly publicKey: Uint8Array;
}

/** Makes a package; in the given project, or a new one. */
export async function pushPackage(world: World, into = projectId.parse(newId("project"))): Promise<PushedPackage> {
  const id = packageId.parse(newId("package"));
  const publicKey = await keyOf(world, { scope: "service", ownerId: id, projectId: into });
  return { packageId: id, projectId: into, publicKey };
}

/** The public key of a scope. */
export async function keyOf(
  world: World,
  owner: { scope: Scope; ownerId: string; projectId?: string },
): Promise<Uint8Array> {
  const { statement } = await world.ask("scope-key", owner, scopeKeyReply);
  return fromBase64(verifyScopeKey(statement, world.keyringIdentity.signPublic).publicKey);
}

/** One sealed secret in its own sealing batch. */
export function sealSecret(
  world: World,
  publicKey: Uint8Array,
  secret: { readonly scope: Scope; readonly ownerId: string; readonly name: string; readonly value: string },
): Uint8Array {
  const context = secretContext({ platformId: world.config.platformId, ...secret });
  return createBatchSealer(publicKey).seal(context, Buffer.from(secret.value));
}

/** How a grant request names a secret's value. */
export function valueOf(name: string, envelope: Uint8Array): GrantedValue {
  return { kind: "secret", name: secretName.parse(name), prefix: prefixOf(envelope) };
}

/** A new execution's id. */
export function newExecution(): ExecutionId {
  return executionId.parse(newId("execution"));
}

/** One item of a grant request. */
export interface ItemBody {
  readonly executionId: ExecutionId;
  readonly attempt: number;
  readonly packageId: string;
  readonly projectId: string;
  readonly values: readonly object[];
  readonly eventData?: object;
  readonly endsAt: number;
}
/** A grant request with one item, flat. */
export interface GrantBody extends ItemBody {
  readonly frame: string;
  readonly executorId: string;
}

/** The platform's honest item for attempt 1; `changes` make it dishonest. */
export function grantItem(of: PushedPackage, changes: object = {}, id = newExecution()): ItemBody {
  return {
    executionId: id,
    attempt: 1,
    packageId: of.packageId,
    projectId: of.projectId,
    values: [],
    endsAt: Date.now() + 60_000,
    ...changes,
  };
}

/** The platform's honest request for a grant of attempt 1; `changes` make it dishonest. */
export function grantBody(executor: Identity, of: PushedPackage, changes: object = {}, id = newExecution()): GrantBody {
  return {
    frame: batchFrame(executor, [id]),
    executorId: executor.id,
    ...grantItem(of, changes, id),
  };
}

/** Asks for a grant and opens it as the executor does; a refused item is thrown like a refused request. */
export async function askGrant(world: World, executor: Identity, body: GrantBody): Promise<Grant> {
  const { frame, executorId, ...item } = body;
  const { items } = await world.ask("grant", { frame, executorId, items: [item] }, grantReply);
  const [verdict] = items;
  if (items.length !== 1 || verdict === undefined) throw new TypeError("Expected one verdict");
  if (verdict.ok) return openItem(world, executor, body, verdict.grant);
  throw answeredError(verdict.error);
}

/** Opens the grant of one item as the executor does. */
export function openItem(world: World, executor: Identity, item: ItemBody, box: string): Grant {
  const { executionId: id, attempt } = item;
  const { platformId } = world.config;
  const context = grantContext({ platformId, executionId: id, attempt, executorId: executor.id });
  return decode(grant, openBoxed(executor.box, context, fromBase64(box)));
}

/** The executor's one signed claim of several executions. */
export function batchFrame(
  executor: Identity,
  ids: readonly ExecutionId[],
  requestIds?: readonly string[],
  header: Parameters<typeof executorFrame>[3] = {},
): string {
  const claims = ids.map((id, index) => ({
    requestId: requestIds?.[index] ?? newId("request"),
    executionId: id,
    generation: 1,
  }));
  return executorFrame(executor, "claim", { claims }, header);
}

/** A granted attempt of a package. */
export interface Attempt {
  readonly executor: Identity;
  readonly executionId: ExecutionId;
  readonly attempt: number;
}

/** Grants attempt 1 of a new execution. */
export async function startAttempt(world: World, executor: Identity, of: PushedPackage): Promise<Attempt> {
  const body = grantBody(executor, of);
  await askGrant(world, executor, body);
  return { executor, executionId: body.executionId, attempt: 1 };
}

/** Asks for message keys with an executor's frame and opens the box under that frame's request id. */
export async function askKeys(
  world: World,
  { executor, executionId: id, attempt }: Attempt,
  asked: { readonly frame: string; readonly requestId: string; readonly entries: readonly object[] },
): Promise<readonly Uint8Array[]> {
  const ref = { executionId: id, attempt, executorId: executor.id };
  const body = { executorFrame: asked.frame, ...ref, entries: asked.entries };
  const reply = await world.ask("lookup", body, keyringLookupReply);
  const context = lookupContext({ platformId: world.config.platformId, ...ref, requestId: asked.requestId });
  return decode(messageKeys, openBoxed(executor.box, context, fromBase64(reply.keys))).keys.map((key) =>
    fromBase64(key),
  );
}

/** Looks one secret up and opens its envelope, as platform and executor do together. */
export async function lookUp(
  world: World,
  attempt: Attempt,
  requests: { readonly name: string; readonly scope: Scope; readonly envelope: Uint8Array },
): Promise<string> {
  const requestId = newId("request");
  const frame = lookupFrame(attempt, requests.name, requestId);
  const entries = [{ kind: "secret", scope: requests.scope, prefix: prefixOf(requests.envelope) }];
  const [key] = await askKeys(world, attempt, { frame, requestId, entries });
  return Buffer.from(openWithMessageKey(key ?? new Uint8Array(0), requests.envelope)).toString();
}

/** An executor's signed lookup of one name. */
export function lookupFrame({ executor, executionId: id, attempt }: Attempt, name: string, requestId: string): string {
  return executorFrame(executor, "lookup", { name }, { requestId, executionId: id, attempt });
}

/** What the keyring needs of an envelope. */
export function prefixOf(envelope: Uint8Array): string {
  return toBase64(readEnvelope(envelope).prefix);
}
