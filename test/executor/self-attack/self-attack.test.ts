import { describe, expect, test } from "vitest";
import type { AttackResult, AttackResults } from "../../../executor/src/between/attack-frames.ts";
import { isAttackName } from "../../../executor/src/self-attack/attacks.ts";
import { levelOf } from "../../../executor/src/self-attack/judge-attacks.ts";
import { attackOwnSandbox } from "../../../executor/src/self-attack/self-attack.ts";
import { prepared, showKeys } from "./weak-sandbox.ts";

async function failedWith(weaken: string | undefined): Promise<readonly string[]> {
  const { result } = await prepared(weaken, attackOwnSandbox);
  return namesOf(result, "failed");
}

function namesOf(results: AttackResults, wanted: AttackResult): readonly string[] {
  return Object.entries(results).flatMap(([name, result]) => (result === wanted ? [name] : []));
}

/** What the machine of the tests cannot hold: its network is the host's, and this process' user is that of the script. */
const expected = ["abstract-socket", "own-user"];

describe("attackOwnSandbox()", () => {
  test("attackOwnSandbox() finds the level of the sandbox of scripts, and leaves nothing", async () => {
    const { result, left } = await prepared(undefined, attackOwnSandbox);
    expect(namesOf(result, "failed")).toEqual(expected);
    expect(namesOf(result, "not-applicable")).toEqual([]);
    const named = Object.entries(result).flatMap(([name, end]) => (isAttackName(name) ? [{ name, result: end }] : []));
    expect(levelOf(named)).toBe("filtered");
    expect(left).toEqual([]);
  });

  test.each([
    ["without an own PID namespace", "s/--unshare-pid\\n//", ["processes", "signal"]],
    ["with a /proc that can be written to", "s/--remount-ro\\n.proc\\n//", ["write-outside"]],
    ["with capabilities", "s/--cap-drop\\nALL\\n/--cap-add\\nCAP_SYS_ADMIN\\n/", ["capabilities"]],
    ["with the host's devices", "s/--dev\\n.dev\\n/--dev-bind\\n\\/dev\\n\\/dev\\n/", ["devices"]],
    ["with the executor's keys", showKeys, ["state-file"]],
    ["with the list of keys", "s#--ro-bind\\n/dev/null\\n/proc/key[^\\n]*\\n##g", ["keys"]],
    [
      "without a filter of system calls",
      "s/--add-seccomp-fd\\n7\\n//",
      ["keyctl", "ptrace", "process-memory", "io-uring", "userfaultfd", "bpf", "vsock"],
    ],
  ])("attackOwnSandbox() finds what fails %s", async (_, weaken, wanted) => {
    const failed = await failedWith(weaken);
    expect(wanted.filter((name) => !failed.includes(name))).toEqual([]);
  });
});
