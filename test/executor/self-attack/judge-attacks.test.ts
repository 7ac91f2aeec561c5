import { describe, expect, test } from "vitest";
import type { AttackResult } from "../../../executor/src/between/attack-frames.ts";
import { type Attacked, type AttackName, attacks, isAttackName } from "../../../executor/src/self-attack/attacks.ts";
import { brokenSeparation, levelOf, missingFor } from "../../../executor/src/self-attack/judge-attacks.ts";

/** Every attack held, except these. */
function results(except: Partial<Record<AttackName, AttackResult>> = {}): readonly Attacked[] {
  return Object.keys(attacks)
    .filter(isAttackName)
    .map((name) => ({ name, result: except[name] ?? "held" }));
}

const withoutFilter = Object.fromEntries(
  Object.entries(attacks).flatMap(([name, { promisedBy }]) =>
    promisedBy === "filtered" ? [[name, "not-applicable"]] : [],
  ),
);

describe("levelOf()", () => {
  test("levelOf() gives the strongest level whose promises held", () => {
    expect(levelOf(results())).toBe("separate-users");
    expect(levelOf(results({ "own-user": "failed" }))).toBe("filtered");
    expect(levelOf(results({ ptrace: "failed" }))).toBe("namespaces");
    expect(levelOf(results({ "state-file": "failed" }))).toBe("none");
    expect(levelOf([])).toBe("none");
  });

  test("levelOf() does not reach a level that could not be tried, but one of which a part could not be", () => {
    expect(levelOf(results(withoutFilter))).toBe("namespaces");
    expect(levelOf(results({ vsock: "not-applicable", spool: "not-applicable" }))).toBe("separate-users");
  });

  test("levelOf() does not count what depends on the network of a package", () => {
    expect(levelOf(results({ "abstract-socket": "failed" }))).toBe("separate-users");
  });
});

describe("missingFor()", () => {
  test("missingFor() says what keeps a sandbox from the next level", () => {
    expect(missingFor(results())).toBeUndefined();
    expect(missingFor(results({ ptrace: "failed", keyctl: "failed", "own-user": "failed" }))).toBe(
      "a script could use the keyring of the executor's user and control the sandbox's first process",
    );
    expect(missingFor(results(withoutFilter))).toBe("what filtered promises could not be tried on this machine");
  });
});

describe("brokenSeparation()", () => {
  test("brokenSeparation() says what a worker could do, and nothing of what a script could", () => {
    expect(brokenSeparation(results({ "host-files": "failed" }))).toBeUndefined();
    expect(brokenSeparation(results({ "worker-memory": "failed", "worker-signal": "failed" }))).toBe(
      "a worker could read the executor's memory and end the executor",
    );
  });
});
