import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { zshCompletion } from "../../../packages/cli/src/completion/zsh.ts";
import { completedCommand, flatten } from "../../../packages/cli/src/completion/tree.ts";
import { buildProgram } from "../../docs/commands.ts";

const root = completedCommand(buildProgram());
const script = zshCompletion(root);

test("zshCompletion() has every command and every option, with what each does", () => {
  for (const { typed, commands, options } of flatten(root)) {
    expect(script).toContain(typed);
    for (const { name, about } of commands) expect(script).toContain(quoteOf(name, about));
    for (const { flags } of options) expect(script).toContain(flagOf(flags[0] ?? ""));
  }
});

test("zshCompletion() is a script that zsh can read", () => {
  const { error, status, stderr } = spawnSync("zsh", ["-n"], { input: script, encoding: "utf8" });
  // A machine without zsh has nobody who would load it.
  if (error === undefined) expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

function quoteOf(name: string, about: string): string {
  return `'${name}:${about.replaceAll("'", `'\\''`)}'`;
}

function flagOf(flag: string): string {
  return `'${flag}:`;
}
