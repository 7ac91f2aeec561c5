import { describe, expect, it } from "vitest";
import { keyringSender, secretName } from "@sealrun/protocol";
import { openGrant } from "../../../../executor/src/supervisor/grants/open-grant.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

describe("openGrant()", () => {
  it("refuses a grant for another attempt", () => {
    const { claimed, event, grantFrame } = makeAttempt();
    expect(() => openGrant(grantFrame, event, { ...claimed, attempt: 2 })).toThrow(
      expect.objectContaining({ code: "WRONG_KEY_OR_CONTEXT" }),
    );
  });

  it("refuses a grant of a keyring that is not the pinned one", () => {
    const { claimed, event, grantFrame } = makeAttempt();
    const stranger = makeAttempt().keyring;
    const trust = { ...claimed, attempt: 1, keyring: { id: keyringSender, signPublic: stranger.signPublic } };
    expect(() => openGrant(grantFrame, event, trust)).toThrow(expect.objectContaining({ code: "BAD_SIGNATURE" }));
  });

  it("refuses scope keys of another project than that of the event", () => {
    const { claimed, event, grantFrame } = makeAttempt();
    const other = { ...event, project: makeAttempt().event.project };
    const grant = openGrant(grantFrame, other, { ...claimed, attempt: 1 });
    expect(() => grant.publicKey("project")).toThrow(expect.objectContaining({ code: "BAD_SIGNATURE" }));
    expect(grant.publicKey("platform")).toHaveLength(32);
  });

  it("gives the keys of exactly the granted names", () => {
    const { attempt } = makeAttempt({ service: { A: 1, B: 2 }, grantedSecrets: 1 });
    expect(attempt.grant.secretKey(secretName.parse("A"))).toHaveLength(64);
    expect(attempt.grant.secretKey(secretName.parse("B"))).toBeUndefined();
    expect(attempt.grant.secretKey(secretName.parse("NOT_THERE"))).toBeUndefined();
    expect(attempt.grant.parametersKey).toBeUndefined();
  });

  it("refuses an answer that holds only grants of other executions", () => {
    const { claimed, event, grantFrame } = makeAttempt();
    const other = { ...event, executionId: makeAttempt().event.executionId };
    expect(() => openGrant(grantFrame, other, { ...claimed, attempt: 1 })).toThrow(
      expect.objectContaining({ code: "NO_GRANT" }),
    );
  });
});
