import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { commandEnvironment } from "../support/dev-process.ts";
import { collect, sealrunProgram } from "../support/run-command.ts";

const [program, ...first] = sealrunProgram;
const env = commandEnvironment("/nonexistent");

test("sealrun says when its output cannot be written, and exits with 74", async () => {
  const child = spawn("sh", ["-c", 'exec "$0" "$@" > /dev/full', program, ...first, "--help"], { env, stdio: "pipe" });
  const stderr = collect(child.stderr);
  expect(await once(child, "close")).toEqual([74, null]);
  expect(stderr()).toBe("error: Standard output cannot be written (ENOSPC); is its disk full?\n");
});
