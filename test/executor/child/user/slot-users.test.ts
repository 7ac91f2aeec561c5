import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { openSlotUsers } from "../../../../executor/src/child/user/slot-users.ts";

const range = { first: 71_500, count: 6 };
const isRoot = process.getuid?.() === 0;

describe("openSlotUsers()", () => {
  test("openSlotUsers() gives executors of one machine different users, as root only", async () => {
    const open = async (count: number) => openSlotUsers({ range, count });
    const [one, two] = [await open(2), await open(3)];
    expect([one.users, two.users]).toEqual(
      isRoot
        ? [
            [71_500, 71_501],
            [71_502, 71_503, 71_504],
          ]
        : [[], []],
    );
    if (isRoot) await expect(open(2)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    one.close();
    two.close();
    const again = await open(6);
    expect(again.users).toHaveLength(isRoot ? 6 : 0);
    again.close();
  });

  test("openSlotUsers() gives none without a range", async () => {
    const { users, close } = await openSlotUsers({ range: null, count: 2 });
    expect(users).toEqual([]);
    close();
  });

  test("openSlotUsers() ends what a dead executor's scripts left running", async () => {
    // Only root can start a process as another user, or end it.
    if (!isRoot) return;
    const left = spawn("setpriv", ["--reuid", "71500", "--regid", "71500", "--clear-groups", "sleep", "1000"]);
    await expect
      .poll(async () => readFile(`/proc/${left.pid}/status`, "utf8"))
      .toMatch(/^Name:\tsleep[^]*^Uid:\t71500\t/m);
    const ended = once(left, "exit");
    const { close } = await openSlotUsers({ range, count: 1 });
    expect(await ended).toEqual([null, "SIGKILL"]);
    close();
  });
});
