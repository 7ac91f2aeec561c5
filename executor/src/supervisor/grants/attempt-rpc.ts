import { SealrunError } from "@sealrun/protocol";
import type { AttemptRpc } from "../../between/attempt-rpc.ts";
import { createPatientRpc } from "../platform/patient-rpc.ts";
import type { ClaimedAttempt } from "./claimed-attempt.ts";
import { openMessageKeys } from "./open-message-keys.ts";

/**
 * What the worker of one attempt may ask: each request is about this attempt, whatever the worker says, and is retried
 * for a while, until `signal` aborts. Message keys are opened here, with the executor's key. Fails with the platform's
 * refusals, and with `MALFORMED` when the keyring answered another number of keys than was asked for.
 */
export function createAttemptRpc(claimed: ClaimedAttempt, signal: AbortSignal): AttemptRpc {
  const { ref } = claimed;
  const rpc = createPatientRpc(claimed.rpc, signal);
  /** The keys of so many values; an answer about none has no frame. */
  const open = (frame: string | undefined, requestId: string, count: number): readonly Uint8Array[] => {
    const keys = frame === undefined ? [] : openMessageKeys(claimed, frame, requestId);
    if (keys.length === count) return keys;
    throw new SealrunError("MALFORMED", `The keyring answered ${keys.length} message keys; expected ${count}`);
  };
  return {
    lookup: async (asked) => {
      const { value, requestId } = await rpc.lookup({ ...asked, ...ref });
      if (!value.found) return undefined;
      const { scope, id, version, sha256, envelope } = value;
      const [messageKey] = open(value.keys, requestId, 1);
      if (messageKey === undefined) throw new SealrunError("MALFORMED", "The keyring's answer holds no message key");
      return { scope, id, version, sha256, envelope, messageKey };
    },
    lookUpKeys: async (asked) => {
      const { value, requestId } = await rpc.lookUpKeys({ ...asked, ...ref });
      return pair(value.names, open(value.keys, requestId, value.names.length), (name, messageKey) => ({
        name,
        messageKey,
      }));
    },
    set: async (asked) => rpc.set({ ...asked, ...ref }),
    readState: async (after) => {
      const { value, requestId } = await rpc.state({ ...ref, op: "get", ...(after === undefined ? {} : { after }) });
      const entries = value.entries ?? [];
      const keys = open(value.keys, requestId, entries.length);
      return { entries: pair(entries, keys, (entry, messageKey) => ({ ...entry, messageKey })), next: value.next };
    },
    putState: async (asked) => {
      await rpc.state({ ...asked, ...ref, op: "put" });
    },
    fetch: async (asked) => rpc.fetch({ ...asked, ...ref }),
    emit: async (asked) => rpc.emit({ ...asked, ...ref }),
    schedule: async (asked) => rpc.schedule({ ...asked, ...ref }),
  };
}

/** Joins two lists of the same length. */
function pair<A, B, T>(left: readonly A[], right: readonly B[], join: (one: A, other: B) => T): readonly T[] {
  return left.flatMap((one, index) => {
    const other = right[index];
    return other === undefined ? [] : [join(one, other)];
  });
}
