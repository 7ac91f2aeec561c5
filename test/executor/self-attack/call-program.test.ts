import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { callProgram, type SystemCall } from "../../../executor/src/self-attack/call-program.ts";
import { temporaryFolder } from "../temporary-folder.ts";

async function exitCode(call: SystemCall): Promise<number | null> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "call");
  await writeFile(path, callProgram(call), { mode: 0o700 });
  return spawnSync(path, { stdio: "ignore" }).status;
}

describe("callProgram()", () => {
  test("callProgram() ends with 0 for a call that succeeds, whatever it returns", async () => {
    // getpid, and dup of descriptor 2.
    expect(await exitCode({ call: 39, arguments: [] })).toBe(0);
    expect(await exitCode({ call: 32, arguments: [2] })).toBe(0);
  });

  test("callProgram() ends with the number of the error", async () => {
    // close(-1) is EBADF; a call that does not exist is ENOSYS.
    expect(await exitCode({ call: 3, arguments: [-1] })).toBe(9);
    expect(await exitCode({ call: 1_000, arguments: [] })).toBe(38);
  });

  test("callProgram() passes six arguments and the address of bytes", async () => {
    // mmap of one page, private and anonymous; access of a path that exists, and of one that does not.
    expect(await exitCode({ call: 9, arguments: [0, 4_096, 3, 0x22, -1, 0] })).toBe(0);
    expect(await exitCode({ call: 21, arguments: [Buffer.from("/usr\0"), 0] })).toBe(0);
    expect(await exitCode({ call: 21, arguments: [Buffer.from("/no/such/path\0"), 0] })).toBe(2);
    expect(() => callProgram({ call: 0, arguments: [1, 2, 3, 4, 5, 6, 7] })).toThrow(RangeError);
  });
});
