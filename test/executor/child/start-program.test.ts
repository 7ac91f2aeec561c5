import { expect, test } from "vitest";
import { startProgram } from "../../../executor/src/child/start-program.ts";

test("startProgram() gives a program the environment it is told, and nothing of this process", async () => {
  const { stdout } = await startProgram("/usr/bin/env", [], { env: { ONLY: "this" } });
  expect(stdout).toBe("ONLY=this");
  expect((await startProgram("/usr/bin/env", [])).stdout).toBe("");
});
