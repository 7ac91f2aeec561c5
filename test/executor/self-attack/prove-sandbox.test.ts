import { describe, expect, test } from "vitest";
import { proveSandbox } from "../../../executor/src/self-attack/prove-sandbox.ts";
import type { SlotUser } from "../../../executor/src/child/user/slot-user.ts";
import { prepared, showKeys } from "./weak-sandbox.ts";

describe("proveSandbox()", () => {
  const log = { info: () => undefined, warn: () => undefined };
  const users: readonly SlotUser[] = [];

  test("proveSandbox() gives the level, and refuses an executor that does not reach the one in its settings", async () => {
    const { result } = await prepared(undefined, async (options) =>
      Promise.allSettled([
        proveSandbox({ ...options, minSandbox: "filtered", users, log }),
        proveSandbox({ ...options, minSandbox: "separate-users", users, log }),
      ]),
    );
    expect(result).toMatchObject([
      { value: { level: "filtered", users: [] } },
      {
        reason: {
          code: "SANDBOX_TOO_WEAK",
          message: expect.stringMatching(
            /minSandbox separate-users, and this machine reaches only filtered: a script could /,
          ),
        },
      },
    ]);
  });

  test("proveSandbox() refuses a sandbox that does not hold, whatever the settings say", async () => {
    const { result } = await prepared(showKeys, async (options) =>
      proveSandbox({ ...options, minSandbox: "none", users, log }).catch((error: unknown) => error),
    );
    expect(result).toMatchObject({
      code: "SANDBOX_UNAVAILABLE",
      message: expect.stringContaining("a script could read the executor's keys"),
    });
  });

  test("proveSandbox() attacks nothing without a sandbox", async () => {
    const { result } = await prepared(undefined, async (options) =>
      Promise.allSettled([
        proveSandbox({ ...options, sandbox: { kind: "none" }, minSandbox: "none", users, log }),
        proveSandbox({ ...options, sandbox: { kind: "none" }, minSandbox: "namespaces", users, log }),
      ]),
    );
    expect(result).toMatchObject([{ value: { level: "none" } }, { reason: { code: "SANDBOX_TOO_WEAK" } }]);
  });
});
