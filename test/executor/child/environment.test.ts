import { expect, test } from "vitest";
import { holdVariables, scriptEnvironment } from "../../../executor/src/child/environment.ts";
import { sandboxLayout } from "../../../executor/src/child/layout.ts";

const options = { layout: sandboxLayout, executionId: "exe_1", packageName: "report", step: "main.py" };

test("scriptEnvironment() holds nothing of the executor's own", () => {
  const names = Object.keys(scriptEnvironment({ ...options, python: undefined, own: {}, hasSealed: false }));
  expect(names.sort()).toEqual(
    [
      "HOME",
      "LANG",
      "PATH",
      "PYTHONPATH",
      "PYTHONUNBUFFERED",
      "SEALRUN_EXECUTION_ID",
      "SEALRUN_PACKAGE",
      "SEALRUN_STEP",
    ].sort(),
  );
});

test("scriptEnvironment() lets a package set every variable except those that name the run", () => {
  const own = { LANG: "de_DE.UTF-8", EXTRA: "1", SEALRUN_PACKAGE: "other" };
  const environment = scriptEnvironment({ ...options, python: undefined, own, hasSealed: false });
  expect(environment).toMatchObject({ LANG: "de_DE.UTF-8", EXTRA: "1", SEALRUN_PACKAGE: "report" });
});

test("scriptEnvironment() finds sealrun's programs first, then Python's", () => {
  const python = {
    interpreter: "/opt/python/bin/python3",
    mounts: [],
    environment: { LD_LIBRARY_PATH: "/opt/python/lib" },
  };
  const environment = scriptEnvironment({ ...options, python, own: {}, hasSealed: false });
  expect(environment).toMatchObject({
    PATH: "/opt/sealrun/bin:/opt/python/bin:/usr/local/bin:/usr/bin:/bin",
    LD_LIBRARY_PATH: "/opt/python/lib",
  });
});

test("holdVariables() renames what a package sets for the loader and the shell, and nothing of sealrun's own", () => {
  const own = { LD_PRELOAD: "/work/a.so", PS4: "$(id)", NODE_OPTIONS: "--title=x", LD: "1" };
  expect(holdVariables({ LD_LIBRARY_PATH: "/opt/python/lib", ...own }, own)).toEqual({
    env: {
      LD_LIBRARY_PATH: "/opt/python/lib",
      SEALRUN_HELD_LD_PRELOAD: "/work/a.so",
      SEALRUN_HELD_PS4: "$(id)",
      NODE_OPTIONS: "--title=x",
      LD: "1",
    },
    heldBack: ["LD_PRELOAD", "PS4"],
  });
});
