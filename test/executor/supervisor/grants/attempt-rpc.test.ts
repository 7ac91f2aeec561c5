import { SealrunError, secretName } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import type { AttemptRpc } from "../../../../executor/src/between/attempt-rpc.ts";
import { createAttemptRpc } from "../../../../executor/src/supervisor/grants/attempt-rpc.ts";
import type { PlatformRpc } from "../../../../executor/src/supervisor/platform/platform-rpc.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

const token = secretName.parse("TOKEN");
const never = new AbortController().signal;

/** Notes what the platform is asked, in order, and refuses it. */
function noting(real: PlatformRpc): { readonly asked: object[]; readonly rpc: PlatformRpc } {
  const asked: object[] = [];
  const note = async (body: object): Promise<never> => {
    asked.push(body);
    throw new SealrunError("NOT_FOUND", "");
  };
  const noted = { lookup: note, lookUpKeys: note, set: note, state: note, fetch: note, emit: note, schedule: note };
  return { asked, rpc: { ...real, ...noted } };
}

describe("createAttemptRpc()", () => {
  test("createAttemptRpc() asks about its own attempt, whatever the worker says", async () => {
    const { claimed } = makeAttempt();
    const other = { executionId: makeAttempt().claimed.ref.executionId, attempt: 7 };
    const { asked, rpc } = noting(claimed.rpc);
    const worker = createAttemptRpc({ ...claimed, rpc }, never);
    const sent = {
      ...other,
      scope: "project",
      name: token,
      sha256: "",
      size: 1,
      part: 0,
      parts: 1,
      bytes: "",
    } as const;
    const asks: readonly Promise<unknown>[] = [
      worker.lookup({ ...other, name: token }),
      worker.lookUpKeys({ ...other, values: [] }),
      worker.set(sent),
      worker.readState("after"),
      worker.putState({ ...other, key: "key", envelope: "" }),
      worker.fetch({ ...other, what: { kind: "file-list" }, offset: 0 }),
    ];
    for (const ask of asks) await expect(ask).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(asked).toHaveLength(asks.length);
    for (const body of asked) expect(body).toMatchObject(claimed.ref);
  });

  test("createAttemptRpc() hands out message keys, and nothing that the keyring boxed", async () => {
    const { attempt, put } = makeAttempt();
    put("project", "TOKEN", "value");
    const found = await attempt.rpc.lookup({ name: token });
    expect(found?.messageKey).toHaveLength(64);
    expect(Object.keys(found ?? {}).toSorted()).toEqual(
      ["envelope", "id", "messageKey", "scope", "sha256", "version"].toSorted(),
    );
    expect(Object.keys(attempt).toSorted()).toEqual(["event", "grant", "ref", "rpc"]);
  });

  test("createAttemptRpc() answers undefined for a name that no scope has", async () => {
    const ask: AttemptRpc["lookup"] = makeAttempt().attempt.rpc.lookup;
    expect(await ask({ name: token })).toBeUndefined();
  });

  test("createAttemptRpc() refuses another number of keys than was asked for", async () => {
    const peer = makeAttempt();
    peer.put("project", "TOKEN", "value");
    const { lookup, lookUpKeys } = peer.claimed.rpc;
    const one = await lookup({ ...peer.claimed.ref, name: token });
    if (!one.value.found) throw new TypeError("Expected the secret");
    const { keys } = one.value;
    peer.override.lookUpKeys = async (body) => {
      delete peer.override.lookUpKeys;
      await lookUpKeys(body);
      return { requestId: one.requestId, value: { ok: true, names: [token, token], keys } };
    };
    await expect(peer.attempt.rpc.lookUpKeys({ values: [] })).rejects.toMatchObject({ code: "MALFORMED" });
    peer.override.state = async () => ({ requestId: one.requestId, value: { ok: true, entries: [], keys } });
    await expect(peer.attempt.rpc.readState()).rejects.toMatchObject({ code: "MALFORMED" });
  });
});
