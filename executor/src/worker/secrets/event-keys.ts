import { type EventSecret, limits, SealrunError, type SecretName } from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";

/** The message keys of the service secrets in an attempt's event. */
export interface EventKeys {
  /**
   * The key of one secret: from the grant, or looked up. Those that are wanted at the same time are looked up together,
   * and no other is: the platform opens nothing that the run does not read. `REPLACED` when that version is no longer
   * stored, and the refusals of a lookup.
   */
  find(secret: EventSecret): Promise<Uint8Array>;
}

interface Wanted {
  readonly secret: EventSecret;
  readonly resolve: (key: Uint8Array | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** The keys of an attempt, kept until it ends. A lookup that failed is tried again at the next use. */
export function createEventKeys(attempt: Attempt): EventKeys {
  const lookups = new Map<SecretName, Promise<Uint8Array | undefined>>();
  let wanted: Wanted[] = [];

  const answer = async (batch: readonly Wanted[]): Promise<void> => {
    try {
      const secrets = batch.map(({ secret }) => secret);
      const keys = await askKeys(attempt, secrets);
      for (const { secret, resolve } of batch) resolve(keys.get(secret.name));
    } catch (error) {
      // One value that cannot be opened must not be in the way of the others.
      if (batch.length > 1) await Promise.all(batch.map(async (one) => answer([one])));
      else for (const { reject } of batch) reject(error);
    }
  };

  const askWanted = (): void => {
    const batches = cutBatches(wanted);
    wanted = [];
    for (const batch of batches) void answer(batch);
  };

  const lookUp = async (secret: EventSecret): Promise<Uint8Array | undefined> => {
    const known = lookups.get(secret.name);
    if (known !== undefined) return known;
    const asked = new Promise<Uint8Array | undefined>((resolve, reject) => {
      if (wanted.length === 0) setImmediate(askWanted);
      wanted.push({ secret, resolve, reject });
    });
    lookups.set(secret.name, asked);
    asked.catch(() => lookups.delete(secret.name));
    return asked;
  };

  return {
    find: async (secret) => {
      const key = attempt.grant.secretKey(secret.name) ?? (await lookUp(secret));
      if (key !== undefined) return key;
      throw new SealrunError("REPLACED", "");
    },
  };
}

/**
 * Batches of as many as one lookup may ask for. The platform opens the outer layer of each, so that their bytes are
 * limited as well.
 */
function cutBatches(wanted: readonly Wanted[]): readonly (readonly Wanted[])[] {
  const batches: Wanted[][] = [];
  let leftBytes = 0;
  for (const one of wanted) {
    const { size } = one.secret;
    const last = batches.at(-1);
    if (last === undefined || last.length === limits.grantSecrets || size > leftBytes) {
      batches.push([one]);
      leftBytes = limits.eventBytes - size;
    } else {
      last.push(one);
      leftBytes -= size;
    }
  }
  return batches;
}

async function askKeys(
  attempt: Attempt,
  secrets: readonly EventSecret[],
): Promise<ReadonlyMap<SecretName, Uint8Array>> {
  const values = secrets.map(({ name, id, version }) => ({ name, id, version }));
  const keys = await attempt.rpc.lookUpKeys({ values });
  return new Map(keys.map(({ name, messageKey }) => [name, messageKey]));
}
