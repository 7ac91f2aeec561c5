import { describe, expect, it } from "vitest";
import { keyringSender } from "@sealrun/protocol";
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

  it("refuses an answer that holds only grants of other executions", () => {
    const { claimed, event, grantFrame } = makeAttempt();
    const other = { ...event, executionId: makeAttempt().event.executionId };
    expect(() => openGrant(grantFrame, other, { ...claimed, attempt: 1 })).toThrow(
      expect.objectContaining({ code: "NO_GRANT" }),
    );
  });
});
