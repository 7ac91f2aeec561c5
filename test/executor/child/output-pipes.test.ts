import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { openOutputPipes } from "../../../executor/src/child/output-pipes.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("openOutputPipes() gives pipes that a script can open by name, and leaves no name behind", async () => {
  await using root = await temporaryFolder();
  const [stdout, stderr] = await openOutputPipes(root.path);
  expect(await readdir(root.path)).toEqual([]);
  spawn("sh", ["-c", "echo out > /dev/stdout; echo err > /dev/stderr"], {
    stdio: ["ignore", stdout.writeEnd, stderr.writeEnd],
  });
  stdout.closeWriteEnd();
  stderr.closeWriteEnd();
  expect(await Promise.all([text(stdout.output), text(stderr.output)])).toEqual(["out\n", "err\n"]);
});

test("openOutputPipes() throws where no pipe can be made", async () => {
  await expect(openOutputPipes("/nowhere")).rejects.toMatchObject({ code: "MACHINE_FAILED" });
});
