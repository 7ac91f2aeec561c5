import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { openSlotUsers, requireSlotUsers } from "../../../../executor/src/child/user/slot-users.ts";

const range = { first: 71_500, count: 12 };
const isRoot = process.getuid?.() === 0;

describe("openSlotUsers()", () => {
  test("openSlotUsers() gives executors of one machine different users, two for each slot, as root only", async () => {
    const open = async (slots: number) => openSlotUsers({ range, slots });
    const [one, two] = [await open(2), await open(3)];
    expect([one, two]).toMatchObject(
      isRoot
        ? [
            { workers: [71_500, 71_501], preparers: [71_502, 71_503] },
            { workers: [71_504, 71_505, 71_506], preparers: [71_507, 71_508, 71_509] },
          ]
        : Array.from({ length: 2 }, () => ({ workers: [], preparers: [] })),
    );
    if (isRoot) await expect(open(2)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    one.close();
    two.close();
    const again = await open(6);
    expect(again.preparers).toHaveLength(isRoot ? 6 : 0);
    again.close();
  });

  test("openSlotUsers() gives none without a range", async () => {
    const { workers, preparers, close } = await openSlotUsers({ range: null, slots: 2 });
    expect([workers, preparers]).toEqual([[], []]);
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
    const { close } = await openSlotUsers({ range, slots: 1 });
    expect(await ended).toEqual([null, "SIGKILL"]);
    close();
  });
});

test("requireSlotUsers() refuses a range that is too small, and not one whose ids another executor has", async () => {
  const { close } = await openSlotUsers({ range, slots: 6 });
  await requireSlotUsers({ range, slots: 6 });
  const tooMany = requireSlotUsers({ range, slots: 7 });
  if (isRoot) await expect(tooMany).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  else await tooMany;
  close();
});
