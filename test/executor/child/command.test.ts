import { describe, expect, test } from "vitest";
import { bundlePath, commandAfterGo, commandFor, isTypeScript } from "../../../executor/src/child/command.ts";
import { type PythonRuntime, sandboxLayout } from "../../../executor/src/child/layout.ts";
import { refusalOf } from "../../support/refusal.ts";

const python: PythonRuntime = { interpreter: "/opt/python/bin/python3", mounts: [], environment: {} };
const node = "/opt/sealrun/bin/node --disable-sigusr1 --import file:///opt/sealrun/bootstrap/bootstrap.mjs";

function commandOf(script: string, firstLine = "", installed: readonly string[] = ["/bin/sh", "/bin/bash"]): string {
  const isInstalled = (path: string): boolean => installed.includes(path);
  return commandFor({ script, firstLine, layout: sandboxLayout, python, isInstalled }).join(" ");
}

describe("commandFor()", () => {
  test.for([
    ["main.ts", `${node} /work/.sealrun.main.ts.mjs`],
    ["jobs/a.mts", `${node} /work/jobs/.sealrun.a.mts.mjs`],
    ["main.js", `${node} /work/main.js`],
    ["main.mjs", `${node} /work/main.mjs`],
    ["main.cjs", `${node} /work/main.cjs`],
    ["main.py", "/opt/python/bin/python3 -B /opt/sealrun/bootstrap/bootstrap.py /work/main.py"],
    ["-n.sh", "/bin/sh /work/-n.sh"],
  ] as const)("commandFor() runs %s", ([script, command]) => {
    expect(commandOf(script)).toBe(command);
  });

  test.for([
    ["#!/bin/sh", "/bin/sh"],
    ["#!/bin/bash -eu", "/bin/bash -eu"],
    ["#! /usr/bin/env bash", "/bin/bash"],
    ["#!/usr/bin/bash\r", "/bin/bash"],
    ["#!/usr/bin/env -S bash -euo pipefail", "/bin/bash -euo pipefail"],
    ["#!/usr/local/bin/bash", "/bin/bash"],
    ["echo no shebang", "/bin/sh"],
  ] as const)("commandFor() takes the shell from %j", ([firstLine, shell]) => {
    expect(commandOf("a.sh", firstLine)).toBe(`${shell} /work/a.sh`);
  });

  test.for(["#!/bin/ksh", "#!/usr/bin/env zsh", "#!/usr/bin/ruby", "#!/work/evil"])(
    "commandFor() refuses %j, which other clients may have pushed, instead of running it with sh",
    (firstLine) => {
      const { code, message } = refusalOf(() => commandOf("a.sh", firstLine));
      expect(code).toBe("PACKAGE_INVALID");
      expect(message).toContain("a.sh:1: expected sh, bash or dash after #!");
    },
  );

  test("commandFor() gives an interpreter the flags of the first line", () => {
    expect(commandOf("a.py", "#!/usr/bin/env -S python3 -u")).toMatch(/python3 -B -u \S+bootstrap\.py/);
    expect(commandOf("a.mjs", "#!/usr/bin/env -S node --harmony")).toContain(
      "node --disable-sigusr1 --harmony --import",
    );
    expect(commandOf("a.ts", "#!/usr/bin/env -S node --no-warnings")).toContain("--no-warnings --import");
  });

  test("commandFor() says which interpreter is missing and what to install", () => {
    const refusal = refusalOf(() => commandOf("a.sh", "#!/bin/bash", ["/bin/sh"]));
    expect(refusal.code).toBe("INTERPRETER_MISSING");
    expect(refusal.message).toBe("a.sh needs /bin/bash; install bash on the executor's machine");
    const withoutPython = refusalOf(() =>
      commandFor({ script: "a.py", firstLine: "", layout: sandboxLayout, python: undefined }),
    );
    expect(withoutPython.message).toBe("a.py needs Python 3; install python3 on the executor's machine");
  });

  test("commandFor() refuses a file that is no script", () => {
    expect(refusalOf(() => commandOf("data.csv")).code).toBe("PACKAGE_INVALID");
  });
});

test("commandAfterGo() lets a shell wait in front of the command", () => {
  const settings = { limits: "c=0 n=64", heldBack: ["LD_PRELOAD"] };
  expect(commandAfterGo(["/bin/bash", "-e", "/work/a.sh"], sandboxLayout, settings)).toEqual([
    "/bin/sh",
    "/opt/sealrun/bootstrap/start.sh",
    "c=0 n=64",
    "/bin/bash",
    "LD_PRELOAD",
    "--",
    "-e",
    "/work/a.sh",
  ]);
});

test("bundlePath() keeps the folder", () => {
  expect(bundlePath("a/b.ts")).toBe("a/.sealrun.b.ts.mjs");
});

test("isTypeScript() knows .ts and .mts", () => {
  expect(["a.ts", "a.mts", "a.js", "ts"].map(isTypeScript)).toEqual([true, true, false, false]);
});
