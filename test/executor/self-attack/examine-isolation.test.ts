import { describe, expect, test } from "vitest";
import { examineIsolation, type IsolationSettings } from "../../../executor/src/self-attack/examine-isolation.ts";
import { prepared, showKeys } from "./weak-sandbox.ts";

async function examine(
  weaken: string | undefined,
  minSandbox: IsolationSettings["minSandbox"],
  slotUids: IsolationSettings["slotUids"] = null,
) {
  const { result } = await prepared(weaken, async ({ sandbox, stateFile }) =>
    examineIsolation({
      bwrap: sandbox.program,
      python: null,
      stateFile,
      hidden: [],
      tmpBytes: 1_048_576,
      minSandbox,
      slotUids,
      slots: 4,
      slirp4netns: null,
      allowHostNetwork: false,
    }),
  );
  return result;
}

describe("examineIsolation()", () => {
  test("examineIsolation() says which level holds, and what is missing for more", async () => {
    const { isEnough, networks, sentence } = await examine(undefined, "filtered");
    expect(isEnough).toBe(true);
    expect(networks).toMatchObject({ enforced: ["none", "named"], missing: { outbound: expect.any(String) } });
    expect(sentence).toMatch(
      /^The sandbox reaches the level filtered: \d\d attacks on it failed; for more, a script could .*; (?:workers have the executor's own user .*; )?with the host's network a script could connect to an abstract socket of the host$/,
    );
  });

  test("examineIsolation() says that an executor does not start below the level in its settings", async () => {
    expect(await examine(undefined, "separate-users")).toMatchObject({
      isEnough: false,
      sentence: expect.stringMatching(/the settings say minSandbox separate-users, so the executor does not start$/),
    });
    expect(await examine(showKeys, "none")).toMatchObject({
      isEnough: false,
      sentence: expect.stringContaining("a script could read the executor's keys"),
    });
  });

  test("examineIsolation() refuses slotUids that have fewer than two ids for each slot, as the start does", async () => {
    const few = { first: 71_750, count: 7 };
    // Another user has no use for them.
    if (process.getuid?.() !== 0) expect((await examine(undefined, "none", few)).isEnough).toBe(true);
    else
      await expect(examine(undefined, "none", few)).rejects.toThrow("the executor needs 8, two for each of its slots");
  });
});
