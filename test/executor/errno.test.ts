import { describe, expect, test } from "vitest";
import { errnoName, machineFailure } from "../../executor/src/errno.ts";

describe("machineFailure()", () => {
  test.each([
    ["ENOSPC", "DISK_FULL"],
    ["EDQUOT", "DISK_FULL"],
    ["EROFS", "MACHINE_FAILED"],
    ["EIO", "MACHINE_FAILED"],
    ["EMFILE", "MACHINE_FAILED"],
    ["ENFILE", "MACHINE_FAILED"],
    ["EAGAIN", "MACHINE_FAILED"],
    ["ENOMEM", "MACHINE_FAILED"],
    ["EACCES", undefined],
    ["ENOENT", undefined],
    ["ENAMETOOLONG", undefined],
    ["ECONNREFUSED", undefined],
    [undefined, undefined],
  ])("machineFailure() reads %s as %s, wherever it comes from", (code, expected) => {
    expect(machineFailure(code)?.code).toBe(expected);
  });

  test.each(["EACCES", "EPERM", "ENOENT", "ENOTDIR", "EEXIST"])(
    "machineFailure() blames the machine for %s in the executor's own folders",
    (code) => {
      expect(machineFailure(code, { isOwnFolder: true })?.code).toBe("MACHINE_FAILED");
    },
  );

  test("machineFailure() says what was refused, and keeps the cause", () => {
    const cause = new Error("kept");
    const failure = machineFailure("EROFS", { what: "/var/work", cause });
    expect(failure?.message).toBe("The executor's machine is not fit: /var/work: the file system is read-only (EROFS)");
    expect(failure?.cause).toBe(cause);
  });
});

test("errnoName() knows the numbers that other languages print", () => {
  expect([28, 24, 12, 0, Number.NaN].map(errnoName)).toEqual(["ENOSPC", "EMFILE", "ENOMEM", undefined, undefined]);
});
