import { anyAge, fromBase64, lookupContext, openBoxed, openFrame } from "@sealrun/crypto";
import { decode, keyringLookupReply, keyringSender, messageKeys, subjects } from "@sealrun/protocol";
import type { ClaimedAttempt } from "./claimed-attempt.ts";

/** The message keys in a keyring's answer to exactly one request of this attempt. */
export function openMessageKeys(
  claimed: Omit<ClaimedAttempt, "rpc">,
  frame: string,
  requestId: string,
): readonly Uint8Array[] {
  const opened = openFrame(fromBase64(frame), {
    findKey: (sender) => (sender === keyringSender ? claimed.keyring.signPublic : undefined),
    expect: { kind: "lookup.reply", subject: subjects.keyring("lookup") },
    // Only the context of this one request opens the keys.
    ...anyAge,
  });
  const context = lookupContext({
    platformId: claimed.event.platformId,
    executionId: claimed.ref.executionId,
    attempt: claimed.ref.attempt,
    executorId: claimed.executorId,
    requestId,
  });
  const boxed = fromBase64(decode(keyringLookupReply, opened.body).keys);
  return decode(messageKeys, openBoxed(claimed.box, context, boxed)).keys.map((key) => fromBase64(key));
}
