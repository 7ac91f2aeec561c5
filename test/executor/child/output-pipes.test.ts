import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { openOutputPipes } from "../../../executor/src/child/output-pipes.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("openOutputPipes() gives pipes that a script can open by name, and leaves no name behind", async () => {
  await using root = await temporaryFolder();
  const { stdout, stderr, status } = await openOutputPipes(root.path);
  expect(await readdir(root.path)).toEqual([]);
  spawn("sh", ["-c", "echo out > /dev/stdout; echo err > /dev/stderr"], {
    stdio: ["ignore", stdout.writeEnd, stderr.writeEnd],
  });
  stdout.closeWriteEnd();
  stderr.closeWriteEnd();
  status.closeWriteEnd();
  expect(await Promise.all([text(stdout.output), text(stderr.output), text(status.output)])).toEqual([
    "out\n",
    "err\n",
    "",
  ]);
});

test("openOutputPipes() gives a pipe for the sandbox whose writer survives the end of its reader", async () => {
  await using root = await temporaryFolder();
  const { stdout, stderr, status } = await openOutputPipes(root.path);
  for (const { output } of [stdout, stderr, status]) output.destroy();
  const child = spawn("sh", ["-c", "echo said >&5 && exit 7"], {
    stdio: ["ignore", "ignore", "ignore", "ignore", "ignore", status.writeEnd],
  });
  for (const { closeWriteEnd } of [stdout, stderr, status]) closeWriteEnd();
  expect(await once(child, "exit")).toEqual([7, null]);
});

test("openOutputPipes() throws where no pipe can be made", async () => {
  await expect(openOutputPipes("/nowhere")).rejects.toMatchObject({ code: "MACHINE_FAILED" });
});
