import { expect, test } from "vitest";
import { runGuarded } from "./run-guarded.ts";

test("forbidCoreDumps() sets the limit to 0 and empties dumps, for the process and for its children", () => {
  const program = `import { forbidCoreDumps } from "./forbid-core-dumps.ts";
    import { spawnSync } from "node:child_process";
    import { readFileSync } from "node:fs";
    const failure = await forbidCoreDumps();
    const child = spawnSync("sh", ["-c", "ulimit -Sc; ulimit -Hc; cat /proc/self/coredump_filter"], { encoding: "utf8" }).stdout;
    const own = /^Max core file size.*$/m.exec(readFileSync("/proc/self/limits", "utf8"))[0].trim().split(/  +/);
    console.log(JSON.stringify({ failure: failure ?? null, own, child: child.split("\\n") }));`;
  expect(runGuarded('ulimit -Sc "$(ulimit -Hc)"', program)).toEqual({
    failure: null,
    own: ["Max core file size", "0", "0", "bytes"],
    child: ["0", "0", "00000000", ""],
  });
});
