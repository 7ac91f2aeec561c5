import { expect, test } from "vitest";
import { runProgram } from "../../../packages/cli/src/setup/run-program.ts";

test("runProgram() passes on no environment but PATH, the locale and what it is given", async () => {
  const result = await runProgram("/usr/bin/env", [], { environment: { GIVEN: "yes" } });
  const names = result.stdout.split("\n").map((line) => line.split("=")[0] ?? "");
  expect(new Set(names)).toEqual(new Set(["GIVEN", "LC_ALL", "PATH"]));
});

test("runProgram() hands the input to the program", async () => {
  expect(await runProgram("/usr/bin/cat", [], { input: "text" })).toEqual({ ok: true, stdout: "text", stderr: "" });
});

test("runProgram() gives a failure as a value", async () => {
  expect(await runProgram("/usr/bin/false", [])).toMatchObject({ ok: false });
  expect(await runProgram("/nowhere/program", [])).toMatchObject({ ok: false });
});

test("runProgram() ends a program that takes too long", async () => {
  expect(await runProgram("/usr/bin/sleep", ["60"], { timeoutMs: 20 })).toMatchObject({ ok: false });
});

test("runProgram() throws when its signal is aborted", async () => {
  const stopping = new AbortController();
  const running = runProgram("/usr/bin/sleep", ["60"], { signal: stopping.signal });
  stopping.abort();
  await expect(running).rejects.toThrow("abort");
});
