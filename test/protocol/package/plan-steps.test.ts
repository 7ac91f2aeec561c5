import { parseManifest, planSteps } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { jsonBytes, refusalOf } from "../../support/refusal.ts";

const files = ["b.py", "README.md", "a.ts", "types.d.ts", "lib/c.sh", "d.sh"];
const plan = (manifest: unknown) => planSteps(parseManifest(jsonBytes(manifest), files), files);
const scriptsOf = (manifest: unknown) => plan(manifest).map(({ script }) => script);

describe("planSteps()", () => {
  test("planSteps() runs the scripts at the top in upload order without a manifest", () => {
    expect(planSteps(undefined, files)).toEqual([
      { script: "b.py", name: "b.py", env: {} },
      { script: "a.ts", name: "a.ts", env: {} },
      { script: "d.sh", name: "d.sh", env: {} },
    ]);
  });

  test("planSteps() prefers entrypoint to execution_order, and execution_order to steps", () => {
    expect(scriptsOf({ entrypoint: "a.ts", execution_order: ["d.sh", "a.ts"] })).toEqual(["a.ts"]);
    expect(scriptsOf({ execution_order: ["d.sh", "a.ts"], steps: [{ script: "a.ts" }] })).toEqual(["d.sh", "a.ts"]);
    expect(scriptsOf({ steps: [{ script: "lib/c.sh" }, { script: "a.ts" }] })).toEqual(["lib/c.sh", "a.ts"]);
    expect(scriptsOf({ execution_order: [] })).toEqual(["b.py", "a.ts", "d.sh"]);
  });

  test("planSteps() gives a step its settings in milliseconds", () => {
    const step = {
      script: "a.ts",
      name: "first",
      secrets: ["X"],
      timeout: "1.5s",
      retry: { attempts: 2, delay: "2s" },
      env: { A: "1" },
    };
    expect(plan({ entrypoint: "a.ts", steps: [step] })).toEqual([
      {
        script: "a.ts",
        name: "first",
        secrets: ["X"],
        timeoutMs: 1_500,
        retry: { attempts: 2, delayMs: 2_000, factor: 1, maxDelayMs: 3_600_000 },
        env: { A: "1" },
      },
    ]);
  });

  test("planSteps() gives each step the optional names of the package and its own, once each", () => {
    const steps = [{ script: "a.ts", optional: ["B", "A"] }, { script: "b.py" }];
    expect(plan({ optional: ["A"], steps }).map(({ optional }) => optional)).toEqual([["A", "B"], ["A"]]);
    expect(plan({ steps: [{ script: "b.py" }] })[0]).not.toHaveProperty("optional");
  });

  test("planSteps() gives the package's secrets to a step without its own list", () => {
    const steps = [{ script: "a.ts" }, { script: "b.py", secrets: [] }];
    expect(plan({ secrets: ["X"], steps }).map(({ secrets }) => secrets)).toEqual([["X"], []]);
  });

  test("planSteps() tells two steps of one script apart by name and settings", () => {
    const steps = [
      { script: "a.ts", env: { N: "1" } },
      { script: "a.ts", env: { N: "2" } },
      { script: "b.py", name: "a.ts-2" },
    ];
    expect(plan({ steps }).map(({ name, env }) => [name, env["N"]])).toEqual([
      ["a.ts", "1"],
      ["a.ts-2", "2"],
      ["a.ts-2-2", undefined],
    ]);
  });

  test("planSteps() refuses a package without a script at the top", () => {
    const refusal = refusalOf(() => planSteps(undefined, ["lib/a.ts", "x.csv"]));
    expect(refusal.code).toBe("PACKAGE_INVALID");
    expect(refusal.message).toContain("Expected a script at the top of the package");
  });
});
