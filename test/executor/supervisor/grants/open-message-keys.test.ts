import { describe, expect, it } from "vitest";
import { openMessageKeys } from "../../../../executor/src/supervisor/grants/open-message-keys.ts";
import { secretName } from "@sealrun/protocol";
import { makeAttempt } from "../../../support/attempt-peer.ts";

const token = secretName.parse("TOKEN");

describe("openMessageKeys()", () => {
  it("refuses an older answer: its keys are boxed for another request", async () => {
    const peer = makeAttempt();
    peer.put("project", "TOKEN", "value");
    const old = await peer.claimed.rpc.lookup({ ...peer.attempt.ref, name: token });
    if (!old.value.found) throw new TypeError("Expected the secret");
    const { keys } = old.value;
    expect(openMessageKeys(peer.claimed, keys, old.requestId)).toHaveLength(1);
    expect(() => openMessageKeys(peer.claimed, keys, "req_00000000000000000000")).toThrow(
      expect.objectContaining({ code: "WRONG_KEY_OR_CONTEXT" }),
    );
  });

  it("refuses keys that another keyring signed", async () => {
    const peer = makeAttempt();
    const stranger = makeAttempt();
    stranger.put("project", "TOKEN", "value");
    const foreign = await stranger.claimed.rpc.lookup({ ...stranger.attempt.ref, name: token });
    if (!foreign.value.found) throw new TypeError("Expected the secret");
    const { keys } = foreign.value;
    expect(() => openMessageKeys(peer.claimed, keys, foreign.requestId)).toThrow(
      expect.objectContaining({ code: "BAD_SIGNATURE" }),
    );
  });
});
