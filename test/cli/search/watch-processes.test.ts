import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createByteSearch } from "../../../packages/cli/src/search/search-files.ts";
import { watchProcesses } from "../../../packages/cli/src/search/watch-processes.ts";

describe("watchProcesses()", () => {
  it("finds a value in a command line and in an environment", async () => {
    const marker = { label: "marker", value: "marker-0123456789abcdef" };
    const watch = watchProcesses(createByteSearch([marker]));
    await promisify(execFile)("/bin/sh", ["-c", "sleep 0.5; :", marker.value]);
    await promisify(execFile)("/bin/sh", ["-c", "sleep 0.5; :"], { env: { MARKER: marker.value } });
    const { findings, commandLines, environments } = await watch.stop();
    expect(new Set(findings.map(({ place }) => place))).toEqual(new Set(["command line", "environment"]));
    expect(commandLines).toBeGreaterThan(0);
    expect(environments).toBeGreaterThan(0);
  });
});
