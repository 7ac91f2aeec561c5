import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
});
afterAll(async () => stage.close());

describe("sealrun run of scripts with a first line", () => {
  test("sealrun run starts bash with the flags after env -S", async () => {
    const script = "#!/usr/bin/env -S bash -euo pipefail\n[[ 1 == 1 ]] && echo bash\nfalse | true\necho NOT REACHED\n";
    await stage.push("acme/env-split", { "a.sh": script });
    const { status, steps } = await stage.run("acme/env-split");
    expect({ status, output: steps[0]?.output.trim() }).toEqual({ status: "failed", output: "bash" });
  });

  test("sealrun run takes bash by its name, wherever the first line looks for it", async () => {
    await stage.push("acme/local-bash", { "a.sh": "#!/usr/local/bin/bash\n[[ 1 = 1 ]] && echo two\n" });
    const { status, steps } = await stage.run("acme/local-bash");
    expect({ status, output: steps[0]?.output.trim() }).toEqual({ status: "succeeded", output: "two" });
  });
});

test("sealrun run lets a script start the programs that were executable in the folder", async () => {
  const folder = await stage.write("acme/programs", {
    "a.sh": "./bin/tool\n./lib/tool.py\n[ -x data.txt ] || echo data\n",
    "bin/tool": "#!/bin/sh\necho tool\n",
    "lib/tool.py": "#!/usr/bin/env python3\nprint('py')\n",
    "data.txt": "#!/bin/sh\n",
  });
  for (const path of ["bin/tool", "lib/tool.py"]) await chmod(join(folder, path), 0o755);
  const pushed = await stage.sealrun(["push", folder, "--project", "acme", "--name", "programs"]);
  expect(pushed.exitCode).toBe(0);
  const { status, steps } = await stage.run("acme/programs");
  expect({ status, output: steps[0]?.output.trim() }).toEqual({ status: "succeeded", output: "tool\npy\ndata" });
  expect((await stage.sealrun(["package", "show", "acme/programs"])).stdout).toContain(
    "bin/tool  20 bytes, executable",
  );
});

test("sealrun push warns of CR LF and of a byte order mark in shell scripts, and a run goes on", async () => {
  const folder = await stage.write("acme/editors", {
    "a.sh": 'v=hello\r\n[ "$v" = hello ] && echo same || echo differs\r\n',
    "b.sh": "\ufeff#!/bin/bash\n[[ a == a ]] && echo bash ran\n",
  });
  const { exitCode, stderr } = await stage.sealrun(["push", folder, "--project", "acme", "--name", "editors"]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("warning: a.sh:1: ends with CR LF");
  expect(stderr).toContain("warning: b.sh:1: starts with a byte order mark");
  expect((await stage.run("acme/editors")).steps[1]?.output).toContain("bash ran");
});
