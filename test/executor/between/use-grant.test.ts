import { secretName } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { useGrant } from "../../../executor/src/between/use-grant.ts";
import { openGrant } from "../../../executor/src/supervisor/grants/open-grant.ts";
import { makeAttempt } from "../../support/attempt-peer.ts";

describe("useGrant()", () => {
  it("refuses scope keys of another project than that of the event, and those of another keyring", () => {
    const { claimed, event, grantFrame } = makeAttempt();
    const other = { ...event, project: makeAttempt().event.project };
    const content = openGrant(grantFrame, other, { ...claimed, attempt: 1 });
    const grant = useGrant(content, other, claimed.keyring.signPublic);
    expect(() => grant.publicKey("project")).toThrow(expect.objectContaining({ code: "BAD_SIGNATURE" }));
    expect(grant.publicKey("platform")).toHaveLength(32);
    const stranger = useGrant(content, event, makeAttempt().keyring.signPublic);
    expect(() => stranger.publicKey("platform")).toThrow(expect.objectContaining({ code: "BAD_SIGNATURE" }));
  });

  it("gives the keys of exactly the granted names", () => {
    const { attempt } = makeAttempt({ service: { A: 1, B: 2 }, grantedSecrets: 1 });
    expect(attempt.grant.secretKey(secretName.parse("A"))).toHaveLength(64);
    expect(attempt.grant.secretKey(secretName.parse("B"))).toBeUndefined();
    expect(attempt.grant.secretKey(secretName.parse("NOT_THERE"))).toBeUndefined();
    expect(attempt.grant.parametersKey).toBeUndefined();
  });
});
