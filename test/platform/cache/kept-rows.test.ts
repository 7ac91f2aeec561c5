import { describe, expect, test } from "vitest";
import { createKeptRows } from "../../../packages/platform/src/cache/kept-rows.ts";

const limits = { maxRows: 2, maxBytes: 10, weigh: (row: string) => row.length };

/** Kept rows, and how many reads they needed. */
function counted() {
  let isHearing = true;
  let reads = 0;
  const rows = createKeptRows<string>(limits, () => isHearing);
  const find = async (key: string, row = key): Promise<string> =>
    rows.find(key, async () => {
      reads += 1;
      return row;
    });
  return {
    rows,
    find,
    hear: (is: boolean) => {
      isHearing = is;
    },
    takeReads: () => {
      const taken = reads;
      reads = 0;
      return taken;
    },
  };
}

describe("createKeptRows()", () => {
  test("createKeptRows() reads a row once, and again after it was forgotten", async () => {
    const { rows, find, takeReads } = counted();
    expect([await find("a"), await find("a", "other")]).toEqual(["a", "a"]);
    expect(takeReads()).toBe(1);
    rows.forget();
    expect(await find("a", "other")).toBe("other");
  });

  test("createKeptRows() reads every row while notifications are not heard", async () => {
    const { find, hear, takeReads } = counted();
    await find("a");
    hear(false);
    expect(await find("a", "newer")).toBe("newer");
    expect(takeReads()).toBe(2);
  });

  test("createKeptRows() keeps no row that was forgotten while it was read", async () => {
    const { rows, find } = counted();
    await rows.find("a", async () => {
      rows.forget();
      return "before the change";
    });
    expect(await find("a", "after it")).toBe("after it");
  });

  test("createKeptRows() never keeps that a row is missing", async () => {
    const { rows, find } = counted();
    expect(await rows.find("a", async () => undefined)).toBeUndefined();
    expect(await find("a")).toBe("a");
  });

  test("createKeptRows() forgets the row that was not used for the longest time", async () => {
    const { find, takeReads } = counted();
    for (const key of ["a", "b", "a", "c"]) await find(key);
    expect(takeReads()).toBe(3);
    await find("a");
    expect(takeReads()).toBe(0);
    await find("b");
    expect(takeReads()).toBe(1);
  });

  test("createKeptRows() keeps within its bytes", async () => {
    const { find, takeReads } = counted();
    await find("a", "12345678");
    await find("b", "123");
    await find("b");
    expect(takeReads()).toBe(2);
    await find("a", "12345678");
    expect(takeReads()).toBe(1);
    for (const _ of [1, 2]) await find("c", "longer than all of it");
    expect(takeReads()).toBe(2);
  });
});
