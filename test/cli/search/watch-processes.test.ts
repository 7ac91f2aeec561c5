import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { createByteSearch } from "../../../packages/cli/src/search/search-files.ts";
import { watchProcesses } from "../../../packages/cli/src/search/watch-processes.ts";

describe("watchProcesses()", () => {
  it("finds a value in a command line and in an environment", async () => {
    const marker = { label: "marker", value: "marker-0123456789abcdef" };
    const watch = watchProcesses(createByteSearch([marker]));
    const children = [
      spawn("/bin/sh", ["-c", "read line; :", marker.value]),
      spawn("/bin/sh", ["-c", "read line; :"], { env: { MARKER: marker.value } }),
    ];
    await Promise.all(children.map((child) => once(child, "spawn")));
    const { findings, commandLines, environments } = await watch.stop();
    for (const child of children) child.stdin.end();
    expect(new Set(findings.map(({ place }) => place))).toEqual(new Set(["command line", "environment"]));
    expect(commandLines).toBeGreaterThan(0);
    expect(environments).toBeGreaterThan(0);
  });
});
