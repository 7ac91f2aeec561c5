import { createBatchSealer, fromBase64, openWithMessageKey, stateContext, toBase64 } from "@sealrun/crypto";
import {
  decode,
  encodeJson,
  type JsonObject,
  jsonValue,
  type JsonValue,
  limits,
  SealrunError,
} from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";

/** The package's state in one attempt: a key that the attempt has put keeps this value, whatever other runs put. */
export interface State {
  readAll(): Promise<JsonObject>;
  /** One key's value, or undefined. A key that this attempt put is answered without asking the platform. */
  read(key: string): Promise<JsonValue | undefined>;
  put(key: string, value: JsonValue): Promise<void>;
  /** True for a key that the platform answered or was given in this attempt. */
  knows(key: string): boolean;
}

/** The state of an attempt's package. Fails as `readState` and `putState` do. */
export function createState(attempt: Attempt): State {
  const own = new Map<string, JsonValue>();
  const stored = new Set<string>();
  const readAll = async (): Promise<JsonObject> => {
    const state = Object.entries(await readState(attempt));
    for (const [key] of state) stored.add(key);
    return Object.fromEntries([...state, ...own]);
  };
  return {
    readAll,
    read: async (key) => {
      const put = own.get(key);
      if (put !== undefined) return put;
      const state = await readAll();
      return Object.hasOwn(state, key) ? state[key] : undefined;
    },
    put: async (key, value) => {
      await putState(attempt, key, value);
      own.set(key, value);
    },
    knows: (key) => own.has(key) || stored.has(key),
  };
}

/** All keys of the package's state on the platform, page by page. */
export async function readState(attempt: Attempt): Promise<JsonObject> {
  const state: [string, JsonValue][] = [];
  let after: string | undefined;
  do {
    const page = await attempt.rpc.readState(after);
    for (const { key, envelope, messageKey } of page.entries) {
      state.push([key, decode(jsonValue, openWithMessageKey(messageKey, fromBase64(envelope)))]);
    }
    after = page.next;
  } while (after !== undefined);
  return Object.fromEntries(state);
}

/** Seals one key of the state with the package's key and stores it; atomic per key. */
export async function putState(attempt: Attempt, key: string, value: JsonValue): Promise<void> {
  const plaintext = encodeJson(value);
  if (plaintext.length > limits.stateValueBytes) {
    throw new SealrunError(
      "VALUE_TOO_LARGE",
      `A state value is at most ${limits.stateValueBytes} bytes as JSON; keep large data elsewhere and its key here`,
    );
  }
  if (key === "" || key.length > 256) throw new SealrunError("NAME_NOT_ALLOWED", "A state key has 1 to 256 characters");
  const context = stateContext({ platformId: attempt.event.platformId, packageId: attempt.event.package.id, key });
  const envelope = createBatchSealer(attempt.grant.publicKey("service")).seal(context, plaintext);
  await attempt.rpc.putState({ key, envelope: toBase64(envelope) });
}
