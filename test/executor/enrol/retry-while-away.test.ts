import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { retryWhileAway } from "../../../executor/src/enrol/retry-while-away.ts";
import { rejectionOf } from "../../support/refusal.ts";

test("retryWhileAway() retries after a failure that may pass, and returns the result", async () => {
  let calls = 0;
  const work = async (): Promise<string> => {
    calls += 1;
    if (calls < 3) throw new SealrunError("KEYRING_UNREACHABLE", "");
    return "yes";
  };
  expect(await retryWhileAway(work, 1)).toBe("yes");
  expect(calls).toBe(3);
});

test("retryWhileAway() gives up after some tries, and at once after a refusal", async () => {
  let calls = 0;
  const failing = (code: "KEYRING_UNREACHABLE" | "ENROLMENT_REFUSED" | "RATE_LIMITED") => async (): Promise<string> => {
    calls += 1;
    throw new SealrunError(code, "");
  };
  expect((await rejectionOf(retryWhileAway(failing("KEYRING_UNREACHABLE"), 1, 4))).code).toBe("KEYRING_UNREACHABLE");
  expect(calls).toBe(4);
  for (const code of ["ENROLMENT_REFUSED", "RATE_LIMITED"] as const) {
    calls = 0;
    expect((await rejectionOf(retryWhileAway(failing(code), 1, 4))).code).toBe(code);
    expect(calls).toBe(1);
  }
});
