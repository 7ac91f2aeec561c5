import { type ScriptRequest, SealrunError } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { createMasker } from "../../../../executor/src/mask/masker.ts";
import { refuseSecretNames } from "../../../../executor/src/worker/attempt/refuse-secret-names.ts";
import { createSecrets } from "../../../../executor/src/worker/secrets/secrets.ts";
import { createState, putState } from "../../../../executor/src/worker/secrets/state.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

const secret = "CanarySecretValue";

function makeContext() {
  const peer = makeAttempt({ service: { [`own_${secret}`]: 1 } });
  const masker = createMasker();
  masker.add(secret);
  return { peer, masker, secrets: createSecrets(peer.attempt), state: createState(peer.attempt) };
}

function refusalOf(request: ScriptRequest, context = makeContext()): SealrunError | undefined {
  try {
    refuseSecretNames(context, request);
    return undefined;
  } catch (error) {
    if (error instanceof SealrunError) return error;
    throw error;
  }
}

describe("refuseSecretNames()", () => {
  it.each<[string, ScriptRequest]>([
    ["the name of a read", { op: "get", id: "1", name: `N_${secret}` }],
    ["the name of a set", { op: "set", id: "1", name: `NAME_${secret}`, scope: "project", value: 1 }],
    ["a state key", { op: "state.put", id: "1", key: `key-${secret}`, value: 1 }],
    ["an event's type", { op: "event.send", id: "1", type: `made.${secret}` }],
    ["a parameter's name", { op: "schedule", id: "1", delayMs: 1, value: { [secret]: 1 } }],
    ["cron text", { op: "schedule", id: "1", cron: `0 6 * * ${secret}` }],
    ["a time zone", { op: "schedule", id: "1", cron: "@daily", timezone: `Europe/${secret}` }],
  ])("refuses %s, in a sentence without the value", (_what, request) => {
    const error = refusalOf(request);
    expect(error?.code).toBe("NAME_HOLDS_A_SECRET");
    expect(error?.message).toContain("***");
    expect(error?.message).not.toContain(secret);
  });

  it.each([Buffer.from(secret).toString("base64url"), Buffer.from(secret).toString("hex")])(
    "refuses an encoding of the value (%s)",
    (encoded) => {
      expect(refusalOf({ op: "get", id: "1", name: `N_${encoded}` })?.code).toBe("NAME_HOLDS_A_SECRET");
    },
  );

  it.each<[string, ScriptRequest]>([
    ["a state key that is read", { op: "state.get", id: "1", key: secret }],
    ["a parameter's name", { op: "param", id: "1", name: secret }],
    ["a result", { op: "result", id: "1", value: { [secret]: secret } }],
    ["a log line", { op: "log", id: "1", level: "info", message: secret }],
    ["the value of a set", { op: "set", id: "1", name: "NAME", scope: "project", value: secret }],
    ["an event's data", { op: "event.send", id: "1", type: "a", source: secret, value: { [secret]: secret } }],
  ])("lets %s pass: it is masked or sealed, or it stays in the executor", (_what, request) => {
    expect(refusalOf(request)).toBeUndefined();
  });

  it("lets a name pass that the platform already has", async () => {
    const context = makeContext();
    expect(refusalOf({ op: "get", id: "1", name: `own_${secret}` }, context)).toBeUndefined();
    const asked = `asked_${secret}`;
    await context.secrets.find(asked);
    expect(refusalOf({ op: "get", id: "2", name: asked }, context)).toBeUndefined();
    const key = `kept ${secret}`;
    await putState(context.peer.attempt, key, 1);
    expect(refusalOf({ op: "state.put", id: "3", key, value: 2 }, context)?.code).toBe("NAME_HOLDS_A_SECRET");
    await context.state.readAll();
    expect(refusalOf({ op: "state.put", id: "4", key, value: 2 }, context)).toBeUndefined();
  });
});
