import { describe, expect, test } from "vitest";
import { proveSandbox } from "../../../executor/src/self-attack/prove-sandbox.ts";
import { prepared, showKeys } from "./weak-sandbox.ts";

describe("proveSandbox()", () => {
  const log = { info: () => undefined };

  test("proveSandbox() gives the level, and refuses an executor that does not reach the one in its settings", async () => {
    const { result } = await prepared(undefined, async (options) =>
      Promise.allSettled([
        proveSandbox({ ...options, minSandbox: "filtered", log }),
        proveSandbox({ ...options, minSandbox: "separate-users", log }),
      ]),
    );
    expect(result).toMatchObject([
      { value: "filtered" },
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
      proveSandbox({ ...options, minSandbox: "none", log }).catch((error: unknown) => error),
    );
    expect(result).toMatchObject({
      code: "SANDBOX_UNAVAILABLE",
      message: expect.stringContaining("a script could read the executor's keys"),
    });
  });

  test("proveSandbox() attacks nothing without a sandbox", async () => {
    const { result } = await prepared(undefined, async (options) =>
      Promise.allSettled([
        proveSandbox({ ...options, sandbox: { kind: "none" }, minSandbox: "none", log }),
        proveSandbox({ ...options, sandbox: { kind: "none" }, minSandbox: "namespaces", log }),
      ]),
    );
    expect(result).toMatchObject([{ value: "none" }, { reason: { code: "SANDBOX_TOO_WEAK" } }]);
  });
});
