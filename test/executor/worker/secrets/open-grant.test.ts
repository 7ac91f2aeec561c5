import { describe, expect, it } from "vitest";
import { keyringSender } from "@sealrun/protocol";
import { openGrant } from "../../../../executor/src/worker/secrets/open-grant.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

describe("openGrant()", () => {
  it("refuses a grant for another attempt", () => {
    const { attempt, event, grantFrame } = makeAttempt();
    expect(() => openGrant(grantFrame, event, { ...attempt, attempt: 2 })).toThrow(
      expect.objectContaining({ code: "WRONG_KEY_OR_CONTEXT" }),
    );
  });

  it("refuses a grant of a keyring that is not the pinned one", () => {
    const { attempt, event, grantFrame } = makeAttempt();
    const stranger = makeAttempt().keyring;
    const trust = { ...attempt, attempt: 1, keyring: { id: keyringSender, signPublic: stranger.signPublic } };
    expect(() => openGrant(grantFrame, event, trust)).toThrow(expect.objectContaining({ code: "BAD_SIGNATURE" }));
  });

  it("refuses scope keys of another project than that of the event", () => {
    const { attempt, event, grantFrame } = makeAttempt();
    const other = { ...event, project: makeAttempt().event.project };
    const grant = openGrant(grantFrame, other, { ...attempt, attempt: 1 });
    expect(() => grant.publicKey("project")).toThrow(expect.objectContaining({ code: "BAD_SIGNATURE" }));
    expect(grant.publicKey("platform")).toHaveLength(32);
  });

  it("gives no key for a sealing batch that was not granted", () => {
    const { attempt } = makeAttempt({ service: { A: 1 } });
    expect(attempt.grant.shared("00", "AAAA")).toBeUndefined();
  });
});
