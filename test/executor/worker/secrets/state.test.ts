import { describe, expect, it } from "vitest";
import { limits } from "@sealrun/protocol";
import { createState, putState, readState } from "../../../../executor/src/worker/secrets/state.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

describe("createState()", () => {
  it("keeps what this run put, whatever other runs put", async () => {
    const peer = makeAttempt();
    const state = createState(peer.attempt);
    await putState(peer.attempt, "theirs", "before");
    await state.put("mine", { by: "this run" });
    await state.put("nothing", null);
    await putState(peer.attempt, "mine", "by another run");
    await putState(peer.attempt, "theirs", "by another run");
    expect(await state.readAll()).toEqual({ mine: { by: "this run" }, nothing: null, theirs: "by another run" });
    expect(await state.read("theirs")).toBe("by another run");
    expect(await state.read("none")).toBeUndefined();
    expect(await state.read("toString")).toBeUndefined();
    peer.asked.length = 0;
    expect(await state.read("mine")).toEqual({ by: "this run" });
    expect(await state.read("nothing")).toBeNull();
    expect(peer.asked).toEqual([]);
    await state.put("mine", 2);
    expect(await state.read("mine")).toBe(2);
  });

  it("knows the keys that it read or put, and no other", async () => {
    const peer = makeAttempt();
    const state = createState(peer.attempt);
    await putState(peer.attempt, "theirs", 1);
    expect(state.knows("theirs")).toBe(false);
    await state.read("other");
    await state.put("mine", 1);
    expect(["theirs", "mine", "other"].map((key) => state.knows(key))).toEqual([true, true, false]);
  });

  it("keeps the last value when a put fails", async () => {
    const peer = makeAttempt();
    const state = createState(peer.attempt);
    await state.put("key", 1);
    await expect(state.put("key", "x".repeat(limits.stateValueBytes))).rejects.toMatchObject({
      code: "VALUE_TOO_LARGE",
    });
    expect(await state.read("key")).toBe(1);
  });
});

describe("readState()", () => {
  it("is empty at first", async () => {
    expect(await readState(makeAttempt().attempt)).toEqual({});
  });

  it("reads every key over several pages", async () => {
    const { attempt } = makeAttempt();
    for (const key of ["a", "b", "c", "d", "e"]) await putState(attempt, key, { key });
    expect(Object.keys(await readState(attempt))).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("refuses values that were swapped between keys", async () => {
    const peer = makeAttempt();
    await putState(peer.attempt, "a", 1);
    await putState(peer.attempt, "b", 2);
    const [a, b] = [peer.state.get("a"), peer.state.get("b")];
    if (a === undefined || b === undefined) throw new TypeError("Expected two entries");
    peer.state.set("a", b).set("b", a);
    await expect(readState(peer.attempt)).rejects.toMatchObject({ code: "WRONG_KEY_OR_CONTEXT" });
  });
});

describe("putState()", () => {
  it("refuses an empty key and a value over the limit", async () => {
    const { attempt } = makeAttempt();
    await expect(putState(attempt, "", 1)).rejects.toMatchObject({ code: "NAME_NOT_ALLOWED" });
    await expect(putState(attempt, "k", "x".repeat(limits.stateValueBytes))).rejects.toMatchObject({
      code: "VALUE_TOO_LARGE",
    });
  });
});
