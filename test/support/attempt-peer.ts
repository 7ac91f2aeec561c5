import {
  createBatchSealer,
  deriveMessageKeys,
  fromBase64,
  generateIdentity,
  generateScopeKey,
  grantContext,
  lookupContext,
  newId,
  parametersContext,
  envelopePrefix,
  sealTo,
  secretContext,
  sha256Hex,
  signFrame,
  signScopeKey,
  stateContext,
  toBase64,
  type Context,
  type Identity,
} from "@sealrun/crypto";
import {
  encodeFileList,
  encodeJson,
  executionEvent,
  type ExecutionEvent,
  executionId,
  type FileList,
  type JsonValue,
  keyringSender,
  limits,
  lookupOrder,
  packageId,
  platformId,
  poolId,
  projectId,
  type Scope,
  SealrunError,
  secretId,
  subjects,
} from "@sealrun/protocol";
import type { Attempt } from "../../executor/src/between/attempt.ts";
import { useGrant } from "../../executor/src/between/use-grant.ts";
import { createAttemptRpc } from "../../executor/src/supervisor/grants/attempt-rpc.ts";
import type { ClaimedAttempt } from "../../executor/src/supervisor/grants/claimed-attempt.ts";
import { openGrant } from "../../executor/src/supervisor/grants/open-grant.ts";
import type { PlatformRpc } from "../../executor/src/supervisor/platform/platform-rpc.ts";

/** A stored secret as this stand-in for platform and keyring keeps it: sealed, as they would. */
interface Kept {
  readonly id: string;
  readonly version: number;
  readonly envelope: Uint8Array;
}

/** Plays platform and keyring for one attempt, with the real cryptography, in memory. Tests change it to be hostile. */
export interface AttemptPeer {
  /** The attempt as its worker sees it; its requests go through the supervisor's code to `claimed.rpc`. */
  readonly attempt: Attempt;
  /** The attempt as its supervisor sees it, with the requests that this stand-in answers. */
  readonly claimed: ClaimedAttempt;
  readonly event: ExecutionEvent;
  readonly keyring: Identity;
  readonly platform: Identity;
  readonly executor: Identity;
  /** What was asked, in order. */
  readonly asked: string[];
  /** Puts a value into a scope, as a push or a `secret set` would. */
  readonly put: (scope: Scope, name: string, value: JsonValue) => void;
  readonly stored: Map<string, Kept>;
  readonly state: Map<string, Uint8Array>;
  /** Overrides of single requests. */
  readonly override: { -readonly [Verb in keyof PlatformRpc]?: PlatformRpc[Verb] };
  /** The grant frame that the attempt was opened with. */
  readonly grantFrame: Uint8Array;
}

/** An attempt whose event carries these service secrets and files. */
export function makeAttempt(
  options: {
    readonly service?: Readonly<Record<string, JsonValue>>;
    readonly files?: Readonly<Record<string, string>>;
    readonly parameters?: ExecutionEvent["parameters"];
    readonly byReference?: boolean;
    /** How many of the service secrets the grant opens; by default as many as a real one may. */
    readonly grantedSecrets?: number;
    readonly attemptNumber?: number;
    readonly config?: ExecutionEvent["config"];
    readonly trigger?: ExecutionEvent["trigger"];
  } = {},
): AttemptPeer {
  const ids = {
    platform: platformId.parse(newId("platform")),
    project: projectId.parse(newId("project")),
    package: packageId.parse(newId("package")),
    execution: executionId.parse(newId("execution")),
    pool: poolId.parse(newId("pool")),
  };
  const keyring = generateIdentity(keyringSender);
  const platform = generateIdentity(ids.platform);
  const executor = generateIdentity(newId("executor"));
  const scopeKeys = { service: generateScopeKey(), project: generateScopeKey(), platform: generateScopeKey() };
  const owners = { service: ids.package, project: ids.project, platform: ids.platform };
  const attemptNumber = options.attemptNumber ?? 1;
  const asked: string[] = [];
  const stored = new Map<string, Kept>();
  const state = new Map<string, Uint8Array>();
  const contextOf = (scope: Scope, name: string): Context =>
    secretContext({ platformId: ids.platform, scope, ownerId: owners[scope], name });
  const put = (scope: Scope, name: string, value: JsonValue): void => {
    const key = `${scope} ${name}`;
    const envelope = createBatchSealer(scopeKeys[scope].publicKey).seal(contextOf(scope, name), encodeJson(value));
    stored.set(key, { id: newId("secret"), version: (stored.get(key)?.version ?? 0) + 1, envelope });
  };

  const upload = createBatchSealer(scopeKeys.service.publicKey);
  const secrets = Object.entries(options.service ?? {}).map(([name, value]) => {
    const envelope = upload.seal(contextOf("service", name), encodeJson(value));
    const kept = { id: secretId.parse(newId("secret")), version: 1, envelope };
    stored.set(`service ${name}`, kept);
    return {
      name,
      id: kept.id,
      version: 1,
      sha256: sha256Hex(envelope),
      size: envelope.length,
      ...(options.byReference === true ? {} : { envelope: toBase64(envelope) }),
    };
  });
  const contents = Object.entries(options.files ?? { "main.sh": "true\n" });
  const files: FileList = contents.map(([path, text]) => ({
    path,
    sha256: sha256Hex(Buffer.from(text)),
    size: Buffer.byteLength(text),
  }));
  const event = executionEvent.parse({
    executionId: ids.execution,
    generation: 1,
    platformId: ids.platform,
    pool: ids.pool,
    project: { id: ids.project, name: "acme" },
    package: { id: ids.package, name: "hello" },
    version: { id: newId("version"), number: 1, digest: sha256Hex(encodeFileList(files)) },
    steps: [{ script: contents[0]?.[0] ?? "main.sh", name: "main" }],
    ...(options.byReference === true ? {} : { files }),
    config: options.config ?? {},
    trigger: options.trigger ?? { kind: "request" },
    mask: [],
    parameters: options.parameters ?? { visible: {} },
    secrets,
    expiresAt: Date.now() + 60_000,
  });

  const keyOf = (scope: Scope, context: Context, envelope: Uint8Array): string => {
    const [key] = deriveMessageKeys(scopeKeys[scope], [{ context, prefix: envelopePrefix(envelope) }]);
    return toBase64(key ?? new Uint8Array(0));
  };
  const { sealed } = event.parameters;
  const ofParameters = parametersContext({ platformId: ids.platform, packageId: ids.package });
  const place = {
    platformId: ids.platform,
    executionId: ids.execution,
    attempt: attemptNumber,
    executorId: executor.id,
  };
  const statement = (scope: Scope) =>
    signScopeKey(keyring, {
      platformId: ids.platform,
      scope,
      ownerId: owners[scope],
      version: 1,
      publicKey: toBase64(scopeKeys[scope].publicKey),
    });
  const grantBody = {
    secrets: event.secrets.slice(0, options.grantedSecrets ?? limits.grantSecrets).flatMap(({ name }) => {
      const kept = stored.get(`service ${name}`);
      return kept === undefined ? [] : [{ name, key: keyOf("service", contextOf("service", name), kept.envelope) }];
    }),
    ...(sealed === undefined ? {} : { parameters: keyOf("service", ofParameters, fromBase64(sealed)) }),
    keys: { service: statement("service"), project: statement("project"), platform: statement("platform") },
  };
  const answer = (kind: string, subject: string, body: object): Uint8Array =>
    signFrame(
      keyring,
      { v: 1, kind, subject, sender: keyringSender, requestId: newId("request"), time: Date.now() },
      encodeJson(body),
    );
  const grantFrame = answer("grant.reply", subjects.keyring("grant"), {
    ok: true,
    items: [
      {
        executionId: ids.execution,
        ok: true,
        grant: toBase64(sealTo(executor.box.publicKey, grantContext(place), encodeJson(grantBody))),
      },
    ],
  });
  const keysFor = (
    requestId: string,
    wanted: readonly { readonly scope: Scope; readonly context: Context; readonly envelope: Uint8Array }[],
  ): string => {
    const keys = wanted.map(({ scope, context, envelope }) => keyOf(scope, context, envelope));
    const boxed = sealTo(executor.box.publicKey, lookupContext({ ...place, requestId }), encodeJson({ keys }));
    return toBase64(answer("lookup.reply", subjects.keyring("lookup"), { ok: true, keys: toBase64(boxed) }));
  };

  const override: AttemptPeer["override"] = {};
  const parts = new Map<string, string[]>();
  const real: PlatformRpc = {
    claim: async ({ claims }) => ({
      ok: true,
      claims: claims.map(({ executionId }) => ({ executionId, ok: true, attempt: attemptNumber, leaseMs: 60_000 })),
      grants: toBase64(grantFrame),
    }),
    renew: async () => ({ ok: true, leaseMs: 60_000 }),
    finish: async () => [],
    release: async () => undefined,
    reported: async () => [],
    lookup: async ({ name, scope: only }) => {
      asked.push(only === undefined ? `lookup ${name}` : `lookup ${name} in ${only}`);
      const scopes: readonly Scope[] = ["service", "project", "platform"];
      const presence = {
        service: stored.has(`service ${name}`),
        project: stored.has(`project ${name}`),
        platform: stored.has(`platform ${name}`),
      };
      const scope = scopes.find((candidate) => presence[candidate] && (only ?? candidate) === candidate);
      const requestId = newId("request");
      const kept = scope === undefined ? undefined : stored.get(`${scope} ${name}`);
      if (scope === undefined || kept === undefined) return { requestId, value: { ok: true, found: false, presence } };
      const keys = keysFor(requestId, [{ scope, context: contextOf(scope, name), envelope: kept.envelope }]);
      const found = {
        ok: true as const,
        found: true as const,
        presence,
        scope,
        id: secretId.parse(kept.id),
        version: kept.version,
        sha256: sha256Hex(kept.envelope),
        size: kept.envelope.length,
        keys,
        ...(options.byReference === true ? {} : { envelope: toBase64(kept.envelope) }),
      };
      return { requestId, value: found };
    },
    lookUpKeys: async ({ values }) => {
      asked.push(`lookup keys of ${values.map(({ name }) => name).join(" ")}`);
      const requestId = newId("request");
      const found = values.flatMap(({ name, id, version }) => {
        const kept = stored.get(`service ${name}`);
        return kept?.id === id && kept.version === version ? [{ name, envelope: kept.envelope }] : [];
      });
      const wanted = found.map(({ name, envelope }) => ({
        scope: "service" as const,
        context: contextOf("service", name),
        envelope,
      }));
      const keys = found.length === 0 ? {} : { keys: keysFor(requestId, wanted) };
      return { requestId, value: { ok: true, names: found.map(({ name }) => name), ...keys } };
    },
    set: async (request) => {
      asked.push(`set ${request.name} ${request.part + 1}/${request.parts}`);
      const received = [...(parts.get(request.sha256) ?? []), request.bytes];
      parts.set(request.sha256, received);
      if (request.part + 1 < request.parts) return { ok: true };
      const envelope = Buffer.concat(received.map((part) => fromBase64(part)));
      const key = `${request.scope} ${request.name}`;
      const version = (stored.get(key)?.version ?? 0) + 1;
      const id = newId("secret");
      stored.set(key, { id, version, envelope });
      const narrower = scopesBefore(request.scope).find((candidate) => stored.has(`${candidate} ${request.name}`));
      const hidden = narrower === undefined ? {} : { shadowedBy: narrower };
      return { ok: true, stored: { id: secretId.parse(id), version, ...hidden } };
    },
    state: async (request) => {
      asked.push(`state ${request.op}`);
      const requestId = newId("request");
      if (request.op === "put") {
        state.set(request.key, fromBase64(request.envelope));
        return { requestId, value: { ok: true } };
      }
      const after = request.after;
      const rest = [...state]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .filter(([key]) => after === undefined || key > after);
      const page = rest.slice(0, 2);
      const wanted = page.map(([key, envelope]) => ({
        scope: "service" as const,
        context: stateContext({ platformId: ids.platform, packageId: ids.package, key }),
        envelope,
      }));
      const last = page.at(-1)?.[0];
      return {
        requestId,
        value: {
          ok: true,
          entries: page.map(([key, envelope]) => ({ key, envelope: toBase64(envelope) })),
          ...(page.length === 0 ? {} : { keys: keysFor(requestId, wanted) }),
          ...(rest.length > page.length && last !== undefined ? { next: last } : {}),
        },
      };
    },
    presence: async () => ({ ok: true }),
    emit: async ({ id, type }) => {
      asked.push(`emit ${type}`);
      return { ok: true, id, started: [] };
    },
    schedule: async ({ id }) => {
      asked.push("schedule");
      return { ok: true, id, nextAt: new Date(0).toISOString() };
    },
    fetch: async ({ what, offset }) => {
      asked.push(`fetch ${what.kind} ${offset}`);
      const bytes = bytesOf(what, { stored, contents, files });
      return { ok: true, size: bytes.length, bytes: toBase64(bytes.subarray(offset, offset + 1000)) };
    },
  };
  const rpc: PlatformRpc = {
    claim: async (...args) => (override.claim ?? real.claim)(...args),
    renew: async (...args) => (override.renew ?? real.renew)(...args),
    finish: async (...args) => (override.finish ?? real.finish)(...args),
    release: async (...args) => (override.release ?? real.release)(...args),
    reported: async (...args) => (override.reported ?? real.reported)(...args),
    lookup: async (...args) => (override.lookup ?? real.lookup)(...args),
    lookUpKeys: async (...args) => (override.lookUpKeys ?? real.lookUpKeys)(...args),
    set: async (...args) => (override.set ?? real.set)(...args),
    state: async (...args) => (override.state ?? real.state)(...args),
    fetch: async (...args) => (override.fetch ?? real.fetch)(...args),
    presence: async (...args) => (override.presence ?? real.presence)(...args),
    emit: async (...args) => (override.emit ?? real.emit)(...args),
    schedule: async (...args) => (override.schedule ?? real.schedule)(...args),
  };
  const trust = {
    keyring: { id: keyringSender, signPublic: keyring.signPublic },
    executorId: executor.id,
    box: executor.box,
  };
  const ref = { executionId: ids.execution, attempt: attemptNumber };
  const claimed: ClaimedAttempt = { event, ref, rpc, ...trust };
  const attempt: Attempt = {
    event,
    ref,
    grant: useGrant(openGrant(grantFrame, event, { ...trust, attempt: attemptNumber }), event, keyring.signPublic),
    rpc: createAttemptRpc(claimed, new AbortController().signal),
  };
  return { attempt, claimed, event, keyring, platform, executor, asked, put, stored, state, override, grantFrame };
}

function scopesBefore(scope: Scope): readonly Scope[] {
  return lookupOrder.slice(0, lookupOrder.indexOf(scope));
}

function bytesOf(
  what: Parameters<PlatformRpc["fetch"]>[0]["what"],
  source: {
    readonly stored: ReadonlyMap<string, Kept>;
    readonly contents: readonly [string, string][];
    readonly files: FileList;
  },
): Uint8Array {
  switch (what.kind) {
    case "file": {
      const found = source.contents.find(([, text]) => sha256Hex(Buffer.from(text)) === what.sha256);
      if (found === undefined) throw new SealrunError("NOT_FOUND", "No such file");
      return Buffer.from(found[1]);
    }
    case "file-list":
      return encodeFileList(source.files);
    case "secret": {
      const found = [...source.stored.values()].find(({ id, version }) => id === what.id && version === what.version);
      if (found === undefined) throw new SealrunError("REPLACED", "");
      return found.envelope;
    }
  }
}
