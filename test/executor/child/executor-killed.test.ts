import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { programs } from "../../support/servers.ts";
import { processesWith } from "../processes.ts";
import { testRuntime } from "../run-package.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("runStep() leaves nothing alive when the executor itself is killed", async () => {
  await using root = await temporaryFolder();
  const seconds = `${randomInt(10_000, 90_000)}.${randomInt(1_000_000)}`;
  const script = `trap '' TERM HUP; setsid sleep ${seconds} & until kill -0 $!; do :; done; sleep 0.2; echo ready; sleep ${seconds}`;
  const holder = fileURLToPath(new URL("../hold-step.ts", import.meta.url));
  const runtime = JSON.stringify(testRuntime());
  const child = spawn(
    process.execPath,
    ["--conditions=@sealrun/source", holder, programs().bwrap, runtime, root.path, script],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  const alive = async (): Promise<number> =>
    (await processesWith(seconds)).filter(({ commandLine }) => commandLine.startsWith("sleep")).length;
  // The second process starts after the line that the test waited for.
  await expect.poll(alive).toBe(2);
  child.kill("SIGKILL");
  await expect.poll(alive).toBe(0);
});
