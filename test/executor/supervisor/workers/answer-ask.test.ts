import { describe, expect, test } from "vitest";
import { asks } from "../../../../executor/src/between/asks.ts";
import { createAttemptRpc } from "../../../../executor/src/supervisor/grants/attempt-rpc.ts";
import { answerAsk } from "../../../../executor/src/supervisor/workers/answer-ask.ts";
import { putState } from "../../../../executor/src/worker/secrets/state.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

const peer = makeAttempt({ service: { A: "value" } });
const rpc = createAttemptRpc(peer.claimed, new AbortController().signal);

describe("answerAsk()", () => {
  test("answerAsk() gives what the schema of the answer says, with keys in base64", async () => {
    peer.put("project", "OF_PROJECT", "value");
    const found = asks.lookup.reply.parse(await answerAsk(rpc, "lookup", { name: "OF_PROJECT" }));
    expect([found?.scope, Buffer.from(found?.messageKey ?? "", "base64").length]).toEqual(["project", 64]);
    expect(await answerAsk(rpc, "lookup", { name: "NOT_THERE" })).toBeNull();
    const [secret] = peer.event.secrets;
    const values = [{ name: secret?.name, id: secret?.id, version: 1 }];
    expect(asks.lookUpKeys.reply.parse(await answerAsk(rpc, "lookUpKeys", { values }))).toHaveLength(1);
    const file = { what: { kind: "file-list" }, offset: 0 };
    expect(asks.fetch.reply.parse(await answerAsk(rpc, "fetch", file)).size).toBeGreaterThan(0);
  });

  test("answerAsk() puts a key of the state, and reads it back", async () => {
    await putState(peer.attempt, "first", { count: 1 });
    const { entries } = asks.readState.reply.parse(await answerAsk(rpc, "readState", {}));
    const read = entries.map(({ key, messageKey }) => [key, Buffer.from(messageKey, "base64").length]);
    expect(read).toEqual([["first", 64]]);
    expect(await answerAsk(rpc, "putState", { key: "last", envelope: "AAAA" })).toBeNull();
    expect([...peer.state.keys()]).toEqual(["first", "last"]);
  });

  test.each([
    ["lookup", { name: "no name" }],
    ["lookup", "text"],
    ["set", { name: "A", scope: "service" }],
    ["putState", { key: "", envelope: "AAAA" }],
    ["putState", { key: "last", envelope: "not base64!" }],
    ["fetch", { what: { kind: "file", sha256: "../../etc/passwd" }, offset: 0 }],
    ["schedule", { id: 1 }],
  ] as const)("answerAsk() refuses a %s of another form", async (op, body) => {
    await expect(answerAsk(rpc, op, body)).rejects.toMatchObject({ code: "MALFORMED" });
  });
});
