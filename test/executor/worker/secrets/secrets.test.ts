import { scope, SealrunError } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { createSecrets } from "../../../../executor/src/worker/secrets/secrets.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

const accept = (): void => undefined;

describe("createSecrets()", () => {
  it("opens a service secret from the event without asking the platform", async () => {
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

  it("looks up what the event does not have, once per attempt", async () => {
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

  it("looks only in the given scope", async () => {
    const peer = makeAttempt({ service: { NAME: "service's" } });
    peer.put("project", "NAME", "project's");
    const secrets = createSecrets(peer.attempt);
    expect(await secrets.find("NAME", "service")).toMatchObject({ value: "service's" });
    expect(await secrets.find("NAME", "project")).toMatchObject({ value: "project's", scope: "project" });
    expect(await secrets.find("NAME", "platform")).toBeUndefined();
    expect(await secrets.find("NAME")).toMatchObject({ value: "service's" });
    expect(peer.asked).toEqual(["lookup NAME in project", "lookup NAME in platform"]);
    await secrets.set({ name: "NAME", value: "newer", scope: "project" }, accept);
    expect(await secrets.find("NAME", "project")).toMatchObject({ value: "newer" });
  });

  it("refuses an answer from another scope than it asked in", async () => {
    const peer = makeAttempt();
    peer.put("platform", "NAME", "platform's");
    peer.override.lookup = async ({ executionId, attempt, name }) => {
      delete peer.override.lookup;
      return peer.claimed.rpc.lookup({ executionId, attempt, name });
    };
    await expect(createSecrets(peer.attempt).find("NAME", "project")).rejects.toMatchObject({ code: "MALFORMED" });
  });

  it("remembers that a name was not found until the name is set", async () => {
    const peer = makeAttempt();
    const secrets = createSecrets(peer.attempt);
    expect(await secrets.find("NEW")).toBeUndefined();
    peer.put("platform", "NEW", "by another run");
    expect(await secrets.find("NEW")).toBeUndefined();
    await secrets.set({ name: "NEW", value: "own", scope: "project" }, accept);
    expect(await secrets.find("NEW")).toEqual({ value: "own", scope: "project", version: 1 });
  });

  // What happens to NAME, in order: this run sets or gets; another run puts, a person deletes. Then the result of
  // `get`, and how many lookups it takes.
  it.each([
    ["set project", "mine project 1", 0],
    ["set project, put project", "mine project 1", 0],
    ["put project, set project", "mine project 2", 0],
    ["set project, delete project", "mine project 1", 0],
    ["set project, set project", "mine project 2", 0],
    ["set platform, put project", "mine platform 1", 0],
    ["set platform, set project", "mine project 1", 0],
    ["set project, set platform", "mine project 1", 0],
    ["set project, put project, set platform", "mine project 1", 0],
    ["set project, delete project, set platform", "mine platform 1", 0],
    ["put project, set platform", "other project 1", 1],
    ["put project, get, set platform, put project", "other project 1", 0],
    ["put project, get project, set platform, put project", "other project 1", 0],
    ["put platform, get, put project, set platform", "other project 1", 1],
    ["get, set platform", "mine platform 1", 0],
    ["get project, put project, set platform", "other project 1", 1],
    ["event service, set project", "event service 1", 0],
    ["event service, get, delete service, set platform", "mine platform 1", 0],
    ["event service, delete service, set project", "mine project 1", 0],
    ["put service, set project", "other service 1", 1],
    ["put service, set project, delete service, put project", "mine project 1", 1],
    ["put service, set platform, set project, delete service, delete project", "mine project 1", 1],
  ])("after %s it finds %s", async (happenings, expected, lookups) => {
    const peer = makeAttempt(happenings.startsWith("event") ? { service: { NAME: "event" } } : {});
    const secrets = createSecrets(peer.attempt);
    for (const happening of happenings.split(", ")) {
      const [what, place] = happening.split(" ");
      const one = scope.optional().parse(place);
      if (what === "get") await secrets.find("NAME", one);
      else if (what === "put") peer.put(scope.parse(place), "NAME", "other");
      else if (what === "delete") peer.stored.delete(`${place} NAME`);
      else if (what === "set") await secrets.set({ name: "NAME", value: "mine", scope: place ?? "" }, accept);
    }
    peer.asked.length = 0;
    for (let times = 0; times < 2; times += 1) {
      const [value, place, version] = expected.split(" ");
      expect(await secrets.find("NAME")).toEqual({ value, scope: place, version: Number(version) });
    }
    expect(peer.asked).toEqual(Array.from({ length: lookups }, () => "lookup NAME"));
  });

  it("answers what this run set in the given scope, without asking the platform", async () => {
    const peer = makeAttempt({ service: { NAME: "service's" } });
    const secrets = createSecrets(peer.attempt);
    await secrets.set({ name: "NAME", value: "own", scope: "platform" }, accept);
    peer.put("platform", "NAME", "another run's");
    peer.asked.length = 0;
    expect(await secrets.find("NAME", "platform")).toEqual({ value: "own", scope: "platform", version: 1 });
    expect(await secrets.find("NAME", "project")).toBeUndefined();
    expect(peer.asked).toEqual(["lookup NAME in project"]);
  });

  it("asks about a value after every check, and sends nothing that is refused then", async () => {
    const peer = makeAttempt();
    const secrets = createSecrets(peer.attempt);
    let asked = 0;
    const refuse = (): never => {
      asked += 1;
      throw new SealrunError("NAME_HOLDS_A_SECRET", "");
    };
    const refused = async (name: string) => secrets.set({ name, value: 1, scope: "project" }, refuse);
    await expect(refused("no name")).rejects.toMatchObject({ code: "NAME_NOT_ALLOWED" });
    expect(asked).toBe(0);
    await expect(refused("NAME")).rejects.toMatchObject({ code: "NAME_HOLDS_A_SECRET" });
    expect(asked).toBe(1);
    expect(peer.asked).toEqual([]);
  });

  it("keeps one copy of a value that is set under many names", async () => {
    const secrets = createSecrets(makeAttempt().attempt);
    const found: unknown[] = [];
    for (const name of ["A", "B"]) {
      await secrets.set({ name, value: { key: "a large value" }, scope: "project" }, accept);
      found.push((await secrets.find(name))?.value);
    }
    expect(found[0]).toEqual({ key: "a large value" });
    expect(found[1]).toBe(found[0]);
  });

  it("knows the names of the package and of this run, and no other", async () => {
    const secrets = createSecrets(makeAttempt({ service: { OWN: 1 } }).attempt);
    await secrets.find("ASKED");
    expect(["OWN", "ASKED", "OTHER", "toString"].map((name) => secrets.knows(name))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it("keeps the later version of two sets at once", async () => {
    const peer = makeAttempt();
    const secrets = createSecrets(peer.attempt);
    const versions = await Promise.all(
      ["a", "b"].map(async (value) => ({
        value,
        ...(await secrets.set({ name: "N", value, scope: "project" }, accept)),
      })),
    );
    const last = versions.find(({ version }) => version === 2);
    expect(await secrets.find("N")).toEqual({ value: last?.value, scope: "project", version: 2 });
  });

  it("keeps what this run set when an older request fails after it", async () => {
    const peer = makeAttempt();
    const secrets = createSecrets(peer.attempt);
    const { promise, reject } = Promise.withResolvers<never>();
    peer.override.lookup = async () => promise;
    const asked = secrets.find("NAME");
    await secrets.set({ name: "NAME", value: "own", scope: "project" }, accept);
    reject(new SealrunError("PLATFORM_UNREACHABLE", ""));
    await expect(asked).rejects.toMatchObject({ code: "PLATFORM_UNREACHABLE" });
    expect(await secrets.find("NAME")).toMatchObject({ value: "own" });
  });

  it("finds nothing for a name against the rule", async () => {
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

  it("asks again after a failure, and never answers a failure with undefined", async () => {
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
