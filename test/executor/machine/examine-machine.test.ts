import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { examineMachine } from "../../../executor/src/machine/examine-machine.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-machine-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function find(name: string, change: object = {}) {
  const settings = { unsafeNoSandbox: false, bwrap: "/no/such/bwrap", python: null, hidden: [], tmpBytes: 1_048_576 };
  const folders = { stateFile: join(folder, "state.json"), workDir: folder, cacheDir: folder };
  return (
    await examineMachine({
      ...settings,
      ...folders,
      minSandbox: "none",
      slotUids: null,
      slots: 4,
      slirp4netns: null,
      allowHostNetwork: true,
      ...change,
    })
  ).find((finding) => finding.name === name);
}

describe("examineMachine()", () => {
  test("examineMachine() says why no sandbox can be started, and warns when none is wanted", async () => {
    expect(await find("sandbox")).toMatchObject({ state: "bad", sentence: expect.stringContaining("/no/such/bwrap") });
    expect(await find("sandbox", { bwrap: null })).toMatchObject({ state: "bad" });
    expect(await find("sandbox", { unsafeNoSandbox: true })).toMatchObject({ state: "warning" });
  });

  test("examineMachine() tells an executor that is not enrolled from one whose state cannot be read", async () => {
    expect(await find("enrolment")).toMatchObject({
      state: "warning",
      sentence: expect.stringContaining("Not enrolled yet"),
    });
    await writeFile(join(folder, "state.json"), "{}", { mode: 0o600 });
    expect(await find("enrolment")).toMatchObject({ state: "bad" });
  });

  test("examineMachine() says which networks can be enforced, and why the others cannot", async () => {
    expect(await find("network")).toMatchObject({
      state: "warning",
      sentence: expect.stringContaining("/no/such/bwrap"),
    });
    const without = {
      state: "warning",
      sentence: "Networks that scripts can have here: host. Without a sandbox there is only this machine's network",
    };
    expect(await find("network", { unsafeNoSandbox: true })).toMatchObject(without);
  });

  test("examineMachine() says what limits scripts here", async () => {
    expect(await find("limits")).toMatchObject({
      sentence: expect.stringMatching(/^A watcher looks at each step four/),
    });
    expect(await find("limits", { cgroup: "/nowhere" })).toMatchObject({
      state: "bad",
      sentence: expect.stringContaining("cgroup: /nowhere: expected a folder of cgroup version 2"),
    });
    expect(await find("limits", { unsafeNoSandbox: true })).toMatchObject({
      state: "warning",
      sentence: expect.stringContaining("without a sandbox"),
    });
  });

  test("examineMachine() warns of a missing Python", async () => {
    expect(await find("python")).toMatchObject({ state: "warning" });
    expect(await find("python", { python: { interpreter: "/usr/bin/python3" } })).toMatchObject({ state: "good" });
    expect(await find("disk")).toMatchObject({ state: "good" });
  });
});
