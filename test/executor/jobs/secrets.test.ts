import { SealrunError } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { createSecrets } from "../../../executor/src/jobs/secrets.ts";
import { makeAttempt } from "../../support/attempt-peer.ts";

describe("createSecrets()", () => {
  it("opens a service secret from the event without asking anybody", async () => {
    const peer = makeAttempt({ service: { DB_PASS: "s3cret" } });
    const found = await createSecrets(peer.attempt).find("DB_PASS");
    expect(found).toEqual({ value: "s3cret", scope: "service", version: 1 });
    expect(peer.asked).toEqual([]);
  });

  it("fetches a referenced service secret in parts when it is read, and no other", async () => {
    const long = "x".repeat(5000);
    const peer = makeAttempt({ service: { A: long, B: "other" }, byReference: true });
    expect((await createSecrets(peer.attempt).find("A"))?.value).toBe(long);
    expect(new Set(peer.asked)).toEqual(new Set([0, 1000, 2000, 3000, 4000, 5000].map((at) => `fetch secret ${at}`)));
  });

  it("looks up what the event does not have, once an attempt", async () => {
    const peer = makeAttempt();
    peer.put("project", "TOKEN", { a: [1, null] });
    const secrets = createSecrets(peer.attempt);
    expect(await secrets.find("TOKEN")).toEqual({ value: { a: [1, null] }, scope: "project", version: 1 });
    expect(await secrets.find("TOKEN")).toEqual({ value: { a: [1, null] }, scope: "project", version: 1 });
    expect(peer.asked).toEqual(["lookup TOKEN"]);
  });

  it("prefers project over platform and keeps falsy values", async () => {
    const peer = makeAttempt({ service: { ZERO: 0 } });
    peer.put("project", "EMPTY", "");
    peer.put("platform", "EMPTY", "wide");
    const secrets = createSecrets(peer.attempt);
    expect((await secrets.find("ZERO"))?.value).toBe(0);
    expect((await secrets.find("EMPTY"))?.value).toBe("");
  });

  it("looks in one scope alone when told which", async () => {
    const peer = makeAttempt({ service: { NAME: "service's" } });
    peer.put("project", "NAME", "project's");
    const secrets = createSecrets(peer.attempt);
    expect(await secrets.find("NAME", "service")).toMatchObject({ value: "service's" });
    expect(await secrets.find("NAME", "project")).toMatchObject({ value: "project's", scope: "project" });
    expect(await secrets.find("NAME", "platform")).toBeUndefined();
    expect(await secrets.find("NAME")).toMatchObject({ value: "service's" });
    expect(peer.asked).toEqual(["lookup NAME in project", "lookup NAME in platform"]);
    await secrets.set({ name: "NAME", value: "newer", scope: "project" });
    expect(await secrets.find("NAME", "project")).toMatchObject({ value: "newer" });
  });

  it("refuses an answer from another scope than it asked in", async () => {
    const peer = makeAttempt();
    peer.put("platform", "NAME", "platform's");
    peer.override.lookup = async ({ executionId, attempt, name }) => {
      delete peer.override.lookup;
      return peer.attempt.rpc.lookup({ executionId, attempt, name });
    };
    await expect(createSecrets(peer.attempt).find("NAME", "project")).rejects.toMatchObject({ code: "MALFORMED" });
  });

  it("remembers an absence until a set of the name", async () => {
    const peer = makeAttempt();
    const secrets = createSecrets(peer.attempt);
    expect(await secrets.find("NEW")).toBeUndefined();
    peer.put("platform", "NEW", "by another run");
    expect(await secrets.find("NEW")).toBeUndefined();
    await secrets.set({ name: "NEW", value: "own", scope: "project" });
    expect(await secrets.find("NEW")).toEqual({ value: "own", scope: "project", version: 1 });
  });

  it("takes a name against the rule for absent", async () => {
    const peer = makeAttempt();
    expect(await createSecrets(peer.attempt).find("no such name")).toBeUndefined();
    expect(peer.asked).toEqual([]);
  });

  it("looks a replaced secret up instead", async () => {
    const peer = makeAttempt({ service: { KEY: "old" }, byReference: true });
    peer.stored.clear();
    peer.put("service", "KEY", "new");
    expect((await createSecrets(peer.attempt).find("KEY"))?.value).toBe("new");
  });

  it("asks again after a failure, and never answers with an absence for it", async () => {
    const peer = makeAttempt();
    peer.put("project", "TOKEN", "there");
    const secrets = createSecrets(peer.attempt);
    peer.override.lookup = async () => {
      throw new SealrunError("PLATFORM_UNREACHABLE", "");
    };
    await expect(secrets.find("TOKEN")).rejects.toMatchObject({ code: "PLATFORM_UNREACHABLE" });
    delete peer.override.lookup;
    expect((await secrets.find("TOKEN"))?.value).toBe("there");
  });
});
