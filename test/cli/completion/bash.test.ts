import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { bashCompletion } from "../../../packages/cli/src/completion/bash.ts";
import { completedCommand } from "../../../packages/cli/src/completion/tree.ts";
import { buildProgram } from "../../docs/commands.ts";

const script = bashCompletion(completedCommand(buildProgram()));

/** What bash offers after these words; the last one is being typed. */
function complete(...words: readonly string[]): readonly string[] {
  const typed = ["sealrun", ...words].map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _sealrun; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = execFileSync("bash", ["-c", `${script}\n${ask}`], { encoding: "utf8" });
  return printed.split("\n").filter((line) => line !== "");
}

test("bashCompletion() completes commands, and commands below them", () => {
  expect(complete("pu")).toEqual(["push"]);
  expect(complete("secret", "")).toEqual(expect.arrayContaining(["set", "import", "list", "delete"]));
  expect(complete("secret", "de")).toEqual(["delete"]);
  expect(complete("keyr")).toEqual([]);
});

test("bashCompletion() completes the options of a command after a dash, wherever it stands", () => {
  expect(complete("run", "acme/hello", "--wa")).toEqual(["--wait"]);
  expect(complete("execution", "list", "--limit", "5", "--pro")).toEqual(["--project"]);
  expect(complete("--pro")).toEqual(["--profile"]);
});

test("bashCompletion() completes the choices of an option, and leaves other values to bash", () => {
  expect(complete("execution", "list", "--trigger", "s")).toEqual(["schedule"]);
  expect(complete("push", "dir", "--project", "")).toEqual([]);
  expect(complete("push", "")).toEqual([]);
});

test("bashCompletion() is loaded without a word", () => {
  expect(execFileSync("bash", ["-euc", `${script}\ncomplete -p sealrun`], { encoding: "utf8" })).toBe(
    "complete -o default -F _sealrun sealrun\n",
  );
});
