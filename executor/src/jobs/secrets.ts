import { type JsonValue, SealrunError, type SecretName, secretName } from "@sealrun/protocol";
import type { Attempt } from "./attempt.ts";
import { type FoundSecret, lookUpSecret, openEventSecret } from "./open-secret.ts";
import { storeSecret, type StoredSecret } from "./seal-secret.ts";

/** The secrets of one attempt. A value is opened when it is first asked for, and kept until the attempt ends. */
export interface Secrets {
  /** The narrowest value of a name, or undefined when every scope lacks it. Broken is thrown, never undefined. */
  find(name: string): Promise<FoundSecret | undefined>;
  /** Names in the service scope, as the event lists them. */
  readonly serviceNames: readonly SecretName[];
  /** Seals and stores a value; the next `find` of the name sees it. */
  set(secret: { readonly name: string; readonly value: JsonValue; readonly scope: string }): Promise<StoredSecret>;
}

/** Secrets of an attempt. What a script cannot name cannot exist, so a name against the rule is absent everywhere. */
export function createSecrets(attempt: Attempt): Secrets {
  const inEvent = new Map(attempt.event.secrets.map((secret) => [secret.name, secret]));
  const found = new Map<SecretName, Promise<FoundSecret | undefined>>();

  const open = async (name: SecretName): Promise<FoundSecret | undefined> => {
    const secret = inEvent.get(name);
    if (secret === undefined) return lookUpSecret(attempt, name);
    try {
      return await openEventSecret(attempt, secret);
    } catch (error) {
      if (error instanceof SealrunError && error.code === "REPLACED") return lookUpSecret(attempt, name);
      throw error;
    }
  };

  return {
    serviceNames: [...inEvent.keys()],
    find: async (text) => {
      const name = secretName.safeParse(text);
      if (!name.success) return undefined;
      const known = found.get(name.data) ?? open(name.data);
      found.set(name.data, known);
      // A failure is not kept: the platform may be reachable again at the next try.
      known.catch(() => found.delete(name.data));
      return known;
    },
    set: async (secret) => {
      const stored = await storeSecret(attempt, secret);
      const name = secretName.parse(secret.name);
      if (!inEvent.has(name)) found.delete(name);
      return stored;
    },
  };
}
