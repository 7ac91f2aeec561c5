import { eventStep, SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { createMasker } from "../../../../executor/src/mask/masker.ts";
import { type ReadContext, readSecret } from "../../../../executor/src/worker/secrets/read-secret.ts";
import type { Read } from "../../../../executor/src/worker/secrets/receipt.ts";
import { createSecrets } from "../../../../executor/src/worker/secrets/secrets.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";
import { rejectionOf } from "../../../support/refusal.ts";

/** Step 2 of an attempt, which may read these secrets; without a list, all of them. */
function makeStep(declared?: readonly string[]) {
  const peer = makeAttempt();
  const plan = eventStep.parse({
    script: "main.sh",
    name: "main",
    ...(declared === undefined ? {} : { secrets: declared }),
  });
  const reads: Read[] = [];
  const context: ReadContext = {
    step: { index: 2, plan },
    secrets: createSecrets(peer.attempt),
    masker: createMasker(),
    recordRead: async (read) => void reads.push(read),
  };
  return { peer, context, reads };
}

describe("readSecret()", () => {
  test("readSecret() gives the value, which is masked and on the receipt by then", async () => {
    const { peer, context, reads } = makeStep();
    peer.put("project", "TOKEN", "canary-token-1");
    expect(await readSecret(context, ["TOKEN"])).toEqual({ name: "TOKEN", value: "canary-token-1" });
    expect(context.masker.maskText("it is canary-token-1")).not.toContain("canary-token-1");
    expect(reads).toEqual([{ step: 2, name: "TOKEN", scope: "project", version: 1, masking: "all", outcome: "read" }]);
  });

  test.each([
    ["x9Q", "none"],
    ["***", "none"],
    [true, "none"],
    [{ host: "localhost", password: "canary-token-1" }, "part"],
    ["localhost", "all"],
  ])("readSecret() gives %j as it is, and puts on the receipt how much of it is masked", async (value, masking) => {
    const { peer, context, reads } = makeStep();
    peer.put("project", "TOKEN", value);
    expect(await readSecret(context, ["TOKEN"])).toEqual({ name: "TOKEN", value });
    expect(reads).toMatchObject([{ name: "TOKEN", masking, outcome: "read" }]);
  });

  test("readSecret() gives no value whose read cannot be recorded", async () => {
    const { peer, context } = makeStep();
    peer.put("project", "TOKEN", "canary-token-1");
    const recordRead = async (): Promise<void> => {
      throw new SealrunError("LEASE_LOST", "");
    };
    expect(await rejectionOf(readSecret({ ...context, recordRead }, ["TOKEN"]))).toMatchObject({ code: "LEASE_LOST" });
  });

  test("readSecret() gives the first of several names that has a value, and records that one only", async () => {
    const { peer, context, reads } = makeStep();
    peer.put("platform", "SECOND", "from the second name");
    peer.put("service", "THIRD", "from the third name");
    expect(await readSecret(context, ["FIRST", "SECOND", "THIRD"])).toMatchObject({ name: "SECOND" });
    expect(peer.asked).toEqual(["lookup FIRST", "lookup SECOND"]);
    expect(reads).toMatchObject([{ name: "SECOND", scope: "platform", outcome: "read" }]);
    expect(context.masker.maskText("from the third name")).toBe("from the third name");
  });

  test.each([[""], [0], [false], [null], [[]]])("readSecret() takes %j for a value", async (value) => {
    const { peer, context } = makeStep();
    peer.put("project", "FIRST", value);
    peer.put("project", "SECOND", "other");
    expect(await readSecret(context, ["FIRST", "SECOND"])).toEqual({ name: "FIRST", value });
  });

  test("readSecret() reads only in the given scope", async () => {
    const { peer, context, reads } = makeStep();
    peer.put("service", "NAME", "service's");
    peer.put("platform", "NAME", "platform's");
    expect(await readSecret(context, ["NAME"], "platform")).toEqual({ name: "NAME", value: "platform's" });
    expect(await readSecret(context, ["NAME"], "project")).toBeUndefined();
    expect(reads).toMatchObject([
      { name: "NAME", scope: "platform", outcome: "read" },
      { name: "NAME", scope: null, version: null, outcome: "missing" },
    ]);
  });

  test("readSecret() gives undefined when no name has a value, and records the first allowed name as missing", async () => {
    const { context, reads } = makeStep(["SECOND", "THIRD"]);
    expect(await readSecret(context, ["FIRST", "SECOND", "THIRD"])).toBeUndefined();
    expect(reads).toEqual([{ step: 2, name: "SECOND", scope: null, version: null, masking: null, outcome: "missing" }]);
  });

  test("readSecret() passes over names that the step may not read", async () => {
    const { peer, context, reads } = makeStep(["SECOND"]);
    peer.put("project", "FIRST", "not for this step");
    peer.put("project", "SECOND", "for this step");
    expect(await readSecret(context, ["FIRST", "SECOND"])).toEqual({ name: "SECOND", value: "for this step" });
    expect(peer.asked).toEqual(["lookup SECOND"]);
    expect(reads).toMatchObject([{ name: "SECOND", outcome: "read" }]);
  });

  test.each([
    ["none of the names is declared", ["OTHER"]],
    ["the step declares that it reads none", []],
    ["a declared name differs in case only", ["first"]],
  ])("readSecret() refuses without a lookup when %s", async (_, declared) => {
    const { peer, context, reads } = makeStep(declared);
    peer.put("project", "FIRST", "not for this step");
    const { code, message } = await rejectionOf(readSecret(context, ["FIRST", "SECOND"]));
    expect(code).toBe("SECRET_NOT_DECLARED");
    for (const named of ["main.sh", "FIRST", "SECOND"]) expect(message).toContain(named);
    expect(peer.asked).toEqual([]);
    expect(reads).toEqual([{ step: 2, name: "FIRST", scope: null, version: null, masking: null, outcome: "refused" }]);
  });

  test("readSecret() passes a failed lookup on, and does not call the secret missing", async () => {
    const { peer, context, reads } = makeStep();
    peer.put("project", "SECOND", "there");
    peer.override.lookup = async () => {
      throw new SealrunError("KEYRING_UNREACHABLE", "");
    };
    const failure = await rejectionOf(readSecret(context, ["FIRST", "SECOND"]));
    expect(failure).toMatchObject({ code: "KEYRING_UNREACHABLE" });
    expect(reads).toEqual([]);
  });
});
