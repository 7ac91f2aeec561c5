import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ownProgram } from "../../../packages/cli/src/dev/own-program.ts";

const sources = fileURLToPath(new URL("../../../packages/cli/src/", import.meta.url));
const flags = ["--conditions=@sealrun/source", "--no-warnings"];
const printsItself = `import { ownProgram } from "./dev/own-program.ts"; console.log(JSON.stringify(ownProgram()));`;

function runNode(args: readonly string[], input = "") {
  return spawnSync(process.execPath, args, { cwd: sources, env: {}, input, encoding: "utf8" });
}

test("ownProgram() repeats the flags that Node itself was started with, and none of the script's arguments", () => {
  const { stdout, stderr } = runNode([...flags, "-", "dev", "--flag-of-the-script"], printsItself);
  expect({ stdout: stdout.trim(), stderr }).toEqual({
    stdout: JSON.stringify(["--disable-sigusr1", ...flags, `${sources}main.ts`]),
    stderr: "",
  });
});

test("ownProgram() ends with the script of the command", () => {
  const script = ownProgram().at(-1) ?? "";
  expect(runNode([...flags, script, "--help"])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("Usage: sealrun"),
  });
});
