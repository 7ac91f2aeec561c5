import { type JsonValue, lookupOrder, type Scope, SealrunError, type SecretName, secretName } from "@sealrun/protocol";
import type { Attempt } from "./attempt.ts";
import { type FoundSecret, lookUpSecret, openEventSecret } from "./open-secret.ts";
import { storeSecret, type StoredSecret } from "./seal-secret.ts";

/** The secrets of one attempt. A value is opened when it is first asked for, and kept until the attempt ends. */
export interface Secrets {
  /**
   * The narrowest value of a name, or that of one scope; undefined when it is not there. Broken is thrown, never
   * undefined.
   */
  find(name: string, scope?: Scope): Promise<FoundSecret | undefined>;
  /** Names in the service scope, as the event lists them. */
  readonly serviceNames: readonly SecretName[];
  /** Seals and stores a value; the next `find` of the name sees it. */
  set(secret: { readonly name: string; readonly value: JsonValue; readonly scope: string }): Promise<StoredSecret>;
}

/** Secrets of an attempt. What a script cannot name cannot exist, so a name against the rule is absent everywhere. */
export function createSecrets(attempt: Attempt): Secrets {
  const inEvent = new Map(attempt.event.secrets.map((secret) => [secret.name, secret]));
  const found = new Map<string, Promise<FoundSecret | undefined>>();

  const open = async (name: SecretName, scope?: Scope): Promise<FoundSecret | undefined> => {
    const secret = scope === undefined || scope === "service" ? inEvent.get(name) : undefined;
    if (secret === undefined) return lookUpSecret(attempt, name, scope);
    try {
      return await openEventSecret(attempt, secret);
    } catch (error) {
      if (error instanceof SealrunError && error.code === "REPLACED") return lookUpSecret(attempt, name, scope);
      throw error;
    }
  };

  return {
    serviceNames: [...inEvent.keys()],
    find: async (text, scope) => {
      const name = secretName.safeParse(text);
      if (!name.success) return undefined;
      const key = scope === undefined ? name.data : keyOf(name.data, scope);
      const known = found.get(key) ?? open(name.data, scope);
      found.set(key, known);
      // A failure is not kept: the platform may be reachable again at the next try.
      known.catch(() => found.delete(key));
      return known;
    },
    set: async (secret) => {
      const stored = await storeSecret(attempt, secret);
      const name = secretName.parse(secret.name);
      if (!inEvent.has(name)) found.delete(name);
      for (const scope of lookupOrder) found.delete(keyOf(name, scope));
      return stored;
    },
  };
}

function keyOf(name: SecretName, scope: Scope): string {
  return `${scope} ${name}`;
}
