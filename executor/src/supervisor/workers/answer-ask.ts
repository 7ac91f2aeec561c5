import { toBase64 } from "@sealrun/crypto";
import { decodeValue } from "@sealrun/protocol";
import { type AskName, type AskReply, asks } from "../../between/asks.ts";
import type { AttemptRpc } from "../../between/attempt-rpc.ts";

/**
 * Answers one request of a worker. Throws `MALFORMED` for a body of another form, and the refusals of the platform.
 */
export async function answerAsk(
  rpc: AttemptRpc,
  op: Exclude<AskName, "prepare">,
  body: unknown,
): Promise<AskReply<AskName>> {
  switch (op) {
    case "lookup": {
      const found = await rpc.lookup(decodeValue(asks.lookup.request, body));
      return found === undefined ? null : withKey(found);
    }
    case "lookUpKeys":
      return (await rpc.lookUpKeys(decodeValue(asks.lookUpKeys.request, body))).map(withKey);
    case "set":
      return rpc.set(decodeValue(asks.set.request, body));
    case "readState": {
      const { after } = decodeValue(asks.readState.request, body);
      const { entries, next } = await rpc.readState(after);
      return { entries: entries.map(withKey), ...(next === undefined ? {} : { next }) };
    }
    case "putState":
      await rpc.putState(decodeValue(asks.putState.request, body));
      return null;
    case "fetch":
      return rpc.fetch(decodeValue(asks.fetch.request, body));
    case "emit":
      return rpc.emit(decodeValue(asks.emit.request, body));
    case "schedule":
      return rpc.schedule(decodeValue(asks.schedule.request, body));
  }
}

function withKey<T extends { readonly messageKey: Uint8Array }>(
  answer: T,
): Omit<T, "messageKey"> & { readonly messageKey: string } {
  return { ...answer, messageKey: toBase64(answer.messageKey) };
}
