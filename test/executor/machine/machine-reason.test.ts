import { type ErrorCode, errorCodes, SealrunError, toSealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { closedGrantReason, machineReason } from "../../../executor/src/machine/machine-reason.ts";

const refused = (code: string, syscall = "write"): Error => Object.assign(new Error("refused"), { code, syscall });

/** What each code of the error table means for a run that has not started; codes left out are the package's fault. */
const ofMachine: Partial<Record<ErrorCode, boolean>> = {
  DISK_FULL: true,
  MACHINE_FAILED: true,
  SANDBOX_UNAVAILABLE: true,
  INTERPRETER_MISSING: false,
  CONFIG_INVALID: false,
  NETWORK_NOT_ENFORCED: false,
  REGISTRY_UNREACHABLE: false,
  PLATFORM_UNREACHABLE: false,
  POSTGRES_UNREACHABLE: false,
  NATS_UNREACHABLE: false,
  KEYRING_UNREACHABLE: false,
  EXPIRED: false,
  CLOCK_WRONG: false,
};
const codes = Object.keys(errorCodes).filter((code): code is ErrorCode => Object.hasOwn(errorCodes, code));

describe("machineReason()", () => {
  test.each(codes)("machineReason() knows whose fault %s is", (code) => {
    const reason = machineReason(new SealrunError(code, "why"));
    expect(reason).toEqual(
      ofMachine[code] === undefined ? undefined : { code, message: "why", stopsTaking: ofMachine[code] },
    );
  });

  test.each([
    ["ENOSPC", "DISK_FULL"],
    ["EDQUOT", "DISK_FULL"],
    ["EROFS", "MACHINE_FAILED"],
    ["EACCES", "MACHINE_FAILED"],
    ["EPERM", "MACHINE_FAILED"],
    ["EIO", "MACHINE_FAILED"],
    ["ENOENT", "MACHINE_FAILED"],
    ["ENOTDIR", "MACHINE_FAILED"],
    ["EMFILE", "MACHINE_FAILED"],
    ["ENFILE", "MACHINE_FAILED"],
    ["EAGAIN", "MACHINE_FAILED"],
    ["ENOMEM", "MACHINE_FAILED"],
    ["ESTALE", "MACHINE_FAILED"],
    ["ENAMETOOLONG", undefined],
    ["EISDIR", undefined],
    ["ERR_INVALID_ARG_TYPE", undefined],
  ])(
    "machineReason() reads the kernel's %s as %s: bare, wrapped, and as the cause of a failed start",
    (code, expected) => {
      const started = new Error("spawn failed", { cause: refused(code, "spawn") });
      for (const error of [refused(code), toSealrunError(refused(code)), toSealrunError(started)]) {
        const reason = machineReason(error);
        expect(reason?.code).toBe(expected);
        expect(reason?.stopsTaking).toBe(expected === undefined ? undefined : true);
      }
    },
  );

  test("machineReason() blames the package for its own fault, even with a kernel error behind it", () => {
    const failure = new SealrunError("DEPENDENCIES_FAILED", "too large", { cause: refused("ENOSPC") });
    expect(machineReason(failure)).toBeUndefined();
    expect(machineReason(new TypeError("a bug"))).toBeUndefined();
    expect(machineReason("text")).toBeUndefined();
  });

  test("machineReason() gives a sentence that the platform accepts", () => {
    const reason = machineReason(new SealrunError("SANDBOX_UNAVAILABLE", `a\0b${"x".repeat(2_000)}`));
    expect(reason?.message).toHaveLength(1_000);
    expect(reason?.message).toMatch(/^abx/);
  });
});

test("closedGrantReason() blames the executor for any grant that cannot be opened", () => {
  expect(closedGrantReason(new SealrunError("BAD_SIGNATURE", "why"))).toEqual({
    code: "BAD_SIGNATURE",
    message: "why",
    stopsTaking: true,
  });
});
