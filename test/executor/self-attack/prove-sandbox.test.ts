import { describe, expect, test } from "vitest";
import type { WorkerSettings } from "../../../executor/src/between/worker-settings.ts";
import { proveSandbox } from "../../../executor/src/self-attack/prove-sandbox.ts";
import { prepared, showKeys } from "./weak-sandbox.ts";

/** Without users of their own, workers of root share its namespaces. */
const isRoot = process.getuid?.() === 0;

describe("proveSandbox()", () => {
  const log = { info: () => undefined, warn: () => undefined };
  const unsafe = <T extends { readonly settings: WorkerSettings }>(options: T): T => ({
    ...options,
    settings: { ...options.settings, sandbox: { kind: "none" } },
  });
  const users: readonly number[] = [];

  test("proveSandbox() gives the level, and refuses an executor that does not reach the one in its settings", async () => {
    const { result } = await prepared(undefined, async (options) =>
      Promise.allSettled([
        proveSandbox({ ...options, minSandbox: "filtered", users, log }),
        proveSandbox({ ...options, minSandbox: "separate-users", users, log }),
      ]),
    );
    expect(result).toMatchObject([
      { value: { level: "filtered", separation: { kind: isRoot ? "shared" : "own-namespaces" } } },
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
        proveSandbox({ ...unsafe(options), minSandbox: "none", users, log }),
        proveSandbox({ ...unsafe(options), minSandbox: "namespaces", users, log }),
      ]),
    );
    expect(result).toMatchObject([{ value: { level: "none" } }, { reason: { code: "SANDBOX_TOO_WEAK" } }]);
  });
});
