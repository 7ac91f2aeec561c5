import { expect, test } from "vitest";
import { runProgram } from "../../packages/key-files/src/run-program.ts";
import { rejectionOf } from "../support/refusal.ts";

test("runProgram() gives only what a program prints on standard output", async () => {
  const bytes = await runProgram(["/bin/sh", "-c", "echo out; echo err >&2"]);
  expect(Buffer.from(bytes).toString()).toBe("out\n");
});

test("runProgram() ends a program that takes too long, and one that its children outlive", async () => {
  const slow = await rejectionOf(runProgram(["/bin/sleep", "60"], 100));
  expect(slow).toMatchObject({ code: "ROOT_KEY_UNREADABLE", message: expect.stringContaining("did not end") });
  const parent = await rejectionOf(runProgram(["/bin/sh", "-c", "sleep 20 & wait"], 100));
  expect(parent.message).toContain("did not end");
});

test("runProgram() ends a program that prints without end", async () => {
  expect((await rejectionOf(runProgram(["/usr/bin/yes"]))).message).toContain("printed too much");
});

test("runProgram() gives a program nothing to read: one that asks a question does not hang", async () => {
  expect((await runProgram(["/bin/cat"])).length).toBe(0);
});
