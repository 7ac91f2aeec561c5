import { describe, expect, it } from "vitest";
import { limits, secretName } from "@sealrun/protocol";
import { lookUpSecret } from "../../../../executor/src/worker/secrets/open-secret.ts";
import { storeSecret } from "../../../../executor/src/worker/secrets/seal-secret.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

describe("storeSecret()", () => {
  it("stores a value that the next lookup opens", async () => {
    const { attempt } = makeAttempt();
    const stored = await storeSecret(attempt, { name: "TOKEN", value: { a: "b" }, scope: "platform" });
    expect(stored).toEqual({ scope: "platform", version: 1, shadowedBy: undefined });
    expect((await lookUpSecret(attempt, secretName.parse("TOKEN")))?.value).toEqual({ a: "b" });
  });

  it("sends a value of one mebibyte in parts", async () => {
    const peer = makeAttempt();
    const value = "x".repeat(limits.secretValueBytes - 2);
    await storeSecret(peer.attempt, { name: "BIG", value, scope: "project" });
    expect(peer.asked).toEqual(["set BIG 1/3", "set BIG 2/3", "set BIG 3/3"]);
    expect((await lookUpSecret(peer.attempt, secretName.parse("BIG")))?.value).toBe(value);
  });

  it("says which narrower scope hides the new value", async () => {
    const { attempt } = makeAttempt({ service: { TOKEN: 1 } });
    expect((await storeSecret(attempt, { name: "TOKEN", value: 2, scope: "project" })).shadowedBy).toBe("service");
  });

  it.each([
    ["SCOPE_NOT_WRITABLE", { name: "TOKEN", value: 1, scope: "service" }],
    ["SCOPE_NOT_WRITABLE", { name: "TOKEN", value: 1, scope: "" }],
    ["NAME_NOT_ALLOWED", { name: "1 bad name", value: 1, scope: "project" }],
    ["VALUE_TOO_LARGE", { name: "TOKEN", value: "x".repeat(limits.secretValueBytes), scope: "project" }],
  ])("refuses with %s before anything is sent", async (code, secret) => {
    const peer = makeAttempt();
    await expect(storeSecret(peer.attempt, secret)).rejects.toMatchObject({ code });
    expect(peer.asked).toEqual([]);
  });
});
