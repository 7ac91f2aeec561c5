import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateIdentity, newId } from "@sealrun/crypto";
import { keyringSender, poolId } from "@sealrun/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readState, writeState } from "../../../executor/src/enrol/state-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-state-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("readState()", () => {
  it("gives back what was written, from a file that only its owner can read", async () => {
    const file = join(folder, "state.json");
    const state = {
      identity: generateIdentity(newId("executor")),
      pool: { id: poolId.parse(newId("pool")), name: "default" },
      platform: { id: newId("platform"), signPublic: generateIdentity("p").signPublic },
      keyring: { id: keyringSender, signPublic: generateIdentity("k").signPublic },
      nats: { url: "nats://127.0.0.1:4222", user: "executor", password: "secret" },
      platformUrl: "http://127.0.0.1:7700",
    };
    await writeState(file, state);
    expect(await readState(file)).toEqual(state);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("is undefined before the first enrolment", async () => {
    expect(await readState(join(folder, "none.json"))).toBeUndefined();
  });

  it("refuses a file that is not a state file, without showing its contents", async () => {
    const file = join(folder, "state.json");
    await writeFile(file, '{"identity": "topsecret"}', { mode: 0o600 });
    await expect(readState(file)).rejects.toThrow(/^(?!.*topsecret).*identity/s);
  });
});
