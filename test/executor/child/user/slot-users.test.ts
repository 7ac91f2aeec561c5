import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSlotUsers } from "../../../../executor/src/child/user/slot-users.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const range = { first: 71_500, count: 6 };
const isRoot = process.getuid?.() === 0;

describe("openSlotUsers()", () => {
  test("openSlotUsers() gives executors of one machine different users, and each its names, as root only", async () => {
    await using root = await temporaryFolder();
    const open = async (name: string, slots: number) => openSlotUsers({ range, slots, folder: join(root.path, name) });
    const [one, two] = [await open("one", 2), await open("two", 3)];
    const ids = [one, two].map(({ users }) => users.map(({ id }) => id));
    expect(ids).toEqual(
      isRoot
        ? [
            [71_500, 71_501],
            [71_502, 71_503, 71_504],
          ]
        : [[], []],
    );
    for (const { id, passwd, group } of [...one.users, ...two.users]) {
      expect(await readFile(passwd, "utf8")).toContain(`\nsealrun:x:${id}:${id}:`);
      expect(await readFile(group, "utf8")).toContain(`\nsealrun:x:${id}:`);
    }
    if (isRoot) await expect(open("three", 2)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    one.close();
    two.close();
    const again = await open("four", 6);
    expect(again.users).toHaveLength(isRoot ? 6 : 0);
    again.close();
  });

  test("openSlotUsers() gives none without a range", async () => {
    await using root = await temporaryFolder();
    const { users, close } = await openSlotUsers({ range: null, slots: 2, folder: root.path });
    expect(users).toEqual([]);
    close();
  });

  test("openSlotUsers() ends what a dead executor's scripts left running", async () => {
    // Only root can start a process as another user, or end it.
    if (!isRoot) return;
    await using root = await temporaryFolder();
    const left = spawn("setpriv", ["--reuid", "71500", "--regid", "71500", "--clear-groups", "sleep", "1000"]);
    await expect
      .poll(async () => readFile(`/proc/${left.pid}/status`, "utf8"))
      .toMatch(/^Name:\tsleep[^]*^Uid:\t71500\t/m);
    const ended = once(left, "exit");
    const { close } = await openSlotUsers({ range, slots: 1, folder: root.path });
    expect(await ended).toEqual([null, "SIGKILL"]);
    close();
  });
});
