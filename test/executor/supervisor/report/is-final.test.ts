import { errorCodes, isErrorCode, SealrunError, toSealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { isFinal } from "../../../../executor/src/supervisor/report/is-final.ts";

describe("isFinal()", () => {
  test.each(["LEASE_LOST", "EXECUTION_NOT_FOUND", "NOT_ENROLLED", "MALFORMED", "BAD_SIGNATURE"] as const)(
    "isFinal() is true for %s: the platform has decided",
    (code) => {
      expect(isFinal(new SealrunError(code, ""))).toBe(true);
    },
  );

  test.each(["PLATFORM_UNREACHABLE", "POSTGRES_UNREACHABLE", "NATS_UNREACHABLE", "TIMED_OUT", "CLOCK_WRONG"] as const)(
    "isFinal() is false for %s: a later answer may be another",
    (code) => {
      expect(isFinal(new SealrunError(code, ""))).toBe(false);
    },
  );

  test.each(["EXPIRED", "INTERNAL", "DISK_FULL", "MACHINE_FAILED"] as const)(
    "isFinal() is false for %s: a fault of this machine drops nothing",
    (code) => {
      expect(isFinal(new SealrunError(code, ""))).toBe(false);
    },
  );

  test("isFinal() is false for what the file system or a bug throws", () => {
    const full = Object.assign(new TypeError("write failed"), { code: "ENOSPC" });
    expect(isFinal(toSealrunError(full))).toBe(false);
    expect(isFinal(toSealrunError(new TypeError("undefined is not a function")))).toBe(false);
    expect(isFinal(toSealrunError("thrown text"))).toBe(false);
  });

  test("isFinal() is false for each code that the table says to retry", () => {
    const codes = Object.keys(errorCodes).filter(isErrorCode);
    const final = codes.filter((code) => isFinal(new SealrunError(code, "")));
    expect(final.filter((code) => errorCodes[code].retry)).toEqual([]);
  });
});
