import { type JsonValue, lookupOrder, type Scope, SealrunError, type SecretName, secretName } from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";
import { createEventKeys } from "./event-keys.ts";
import { createOneCopy } from "./one-copy.ts";
import { type FoundSecret, lookUpSecret, openEventSecret } from "./open-secret.ts";
import { storeSecret, type StoredVersion } from "./seal-secret.ts";

/** The secrets of one attempt. A value is opened at its first read, and kept until the attempt ends. */
export interface Secrets {
  /**
   * The narrowest value of a name, or that of one scope; undefined when there is none. A value that cannot be opened is
   * thrown as an error.
   */
  find(name: string, scope?: Scope): Promise<FoundSecret | undefined>;
  /** Gets the keys of names that will be read, together. What fails here fails again, and is told, when it is read. */
  prepare(names: readonly string[]): Promise<void>;
  /** Names in the service scope, as the event lists them. */
  readonly serviceNames: readonly SecretName[];
  /** True for a name that the platform already has from the package, or from an earlier request of this run. */
  knows(name: string): boolean;
  /**
   * Seals and stores a value. From then on `find` answers this value for the name, whatever other runs set, unless the
   * platform says that a narrower scope hides it. `onAccepted` is called after every check and before anything is sent;
   * what it throws refuses the value.
   */
  set(
    secret: { readonly name: string; readonly value: JsonValue; readonly scope: string },
    onAccepted: () => void,
  ): Promise<StoredVersion>;
}

/** The secrets of an attempt. No secret can have a name against the rule, so that such a name is found nowhere. */
export function createSecrets(attempt: Attempt): Secrets {
  const inEvent = new Map(attempt.event.secrets.map((secret) => [secret.name, secret]));
  const keys = createEventKeys(attempt);
  const oneCopy = createOneCopy();
  /** Values that were read, by name, and by scope and name. */
  const found = new Map<string, Promise<FoundSecret | undefined>>();
  /** Values that this attempt set, by scope and name. */
  const own = new Map<string, FoundSecret>();
  const declared = new Set<string>([
    ...inEvent.keys(),
    ...attempt.event.mask,
    ...attempt.event.steps.flatMap((step) => step.secrets ?? []),
  ]);

  const open = async (name: SecretName, scope?: Scope): Promise<FoundSecret | undefined> => {
    const secret = scope === undefined || scope === "service" ? inEvent.get(name) : undefined;
    if (secret === undefined) return lookUp(name, scope);
    try {
      return await openEventSecret(attempt, secret, keys);
    } catch (error) {
      if (error instanceof SealrunError && error.code === "REPLACED") return lookUp(name, scope);
      throw error;
    }
  };

  const lookUp = async (name: SecretName, scope?: Scope): Promise<FoundSecret | undefined> => {
    const stored = await lookUpSecret(attempt, name, scope);
    return scope === undefined ? preferOwn(stored, (candidate) => own.get(keyOf(name, candidate))) : stored;
  };

  return {
    serviceNames: [...inEvent.keys()],
    knows: (name) => declared.has(name) || found.has(name),
    prepare: async (names) => {
      const wanted = names.flatMap((name) => attempt.event.secrets.find((secret) => secret.name === name) ?? []);
      await Promise.allSettled(wanted.map(async (secret) => keys.find(secret)));
    },
    find: async (text, scope) => {
      const name = secretName.safeParse(text);
      if (!name.success) return undefined;
      const key = scope === undefined ? name.data : keyOf(name.data, scope);
      const known = found.get(key) ?? open(name.data, scope);
      found.set(key, known);
      // A failure is not kept: the platform may be reachable again at the next try.
      known.catch(() => {
        if (found.get(key) === known) found.delete(key);
      });
      return known;
    },
    set: async (secret, onAccepted) => {
      let { value } = secret;
      const stored = await storeSecret(attempt, secret, () => {
        onAccepted();
        value = oneCopy(value);
      });
      const name = secretName.parse(secret.name);
      const { scope, version, shadowedBy } = stored;
      const before = own.get(keyOf(name, scope));
      // Of two sets at once, the later version stays, as in the database.
      const mine = before !== undefined && before.version > version ? before : { value, scope, version };
      own.set(keyOf(name, scope), mine);
      found.set(keyOf(name, scope), Promise.resolve(mine));
      if (shadowedBy === undefined) {
        found.set(name, Promise.resolve(mine));
        return stored;
      }
      // A value read from the narrower scope stays valid. If there is none, the next `find` looks it up there.
      const read = await found.get(name)?.catch(() => undefined);
      const narrower = found.get(keyOf(name, shadowedBy));
      if (read?.scope === shadowedBy) return stored;
      if ((await narrower?.catch(() => undefined)) === undefined) found.delete(name);
      else if (narrower !== undefined) found.set(name, narrower);
      return stored;
    },
  };
}

/** The narrower of the stored value and those that this attempt set; in the same scope, its own value. */
function preferOwn(
  stored: FoundSecret | undefined,
  ownIn: (scope: Scope) => FoundSecret | undefined,
): FoundSecret | undefined {
  for (const scope of lookupOrder) {
    const candidate = ownIn(scope) ?? (stored?.scope === scope ? stored : undefined);
    if (candidate !== undefined) return candidate;
  }
  return undefined;
}

function keyOf(name: SecretName, scope: Scope): string {
  return `${scope} ${name}`;
}
