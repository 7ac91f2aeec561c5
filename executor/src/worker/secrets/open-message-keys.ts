import { anyAge, fromBase64, lookupContext, openBoxed, openFrame } from "@sealrun/crypto";
import { decode, keyringLookupReply, keyringSender, messageKeys, subjects } from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";

/** The message keys in a keyring's answer to exactly one request of this attempt. */
export function openMessageKeys(attempt: Attempt, frame: string, requestId: string): readonly Uint8Array[] {
  const opened = openFrame(fromBase64(frame), {
    findKey: (sender) => (sender === keyringSender ? attempt.keyring.signPublic : undefined),
    expect: { kind: "lookup.reply", subject: subjects.keyring("lookup") },
    // Only the context of this one request opens the keys.
    ...anyAge,
  });
  const context = lookupContext({
    platformId: attempt.event.platformId,
    executionId: attempt.ref.executionId,
    attempt: attempt.ref.attempt,
    executorId: attempt.executorId,
    requestId,
  });
  const boxed = fromBase64(decode(keyringLookupReply, opened.body).keys);
  return decode(messageKeys, openBoxed(attempt.box, context, boxed)).keys.map((key) => fromBase64(key));
}
