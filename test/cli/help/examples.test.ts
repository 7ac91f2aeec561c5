import { expect, test } from "vitest";
import { addExamples, examples } from "../../../packages/cli/src/help/examples.ts";
import { buildProgram, problemOf } from "../../docs/commands.ts";

const program = buildProgram();

test("addExamples() shows examples in the help of each command that has some", () => {
  for (const typed of Object.keys(examples)) {
    const command = typed
      .split(" ")
      .reduce((at, name) => at?.commands.find((one) => one.name() === name), program as typeof program | undefined);
    expect(command, typed).toBeDefined();
  }
});

test("addExamples() quotes commands that exist, with options that they accept", () => {
  const lines = Object.values(examples).flat();
  const wrong = lines.flatMap((line) => {
    const words = /sealrun (?<words>[a-z][^#|&<)]*?)(?: {2,}|$|\))/.exec(line)?.groups?.["words"] ?? "";
    const problem = problemOf(program, words);
    return problem === undefined ? [] : [`${line}: ${problem}`];
  });
  expect(wrong).toEqual([]);
});

test("addExamples() writes the program's own name, and leaves out what its help does not list", () => {
  const helpOf = (name: string, isHidden: boolean): string => {
    const server = program.createCommand(name);
    server.addCommand(program.createCommand("dev"), { hidden: isHidden });
    server.addCommand(program.createCommand("push"));
    addExamples(server);
    let shown = "";
    for (const command of [server, ...server.commands]) {
      command.configureOutput({ writeOut: (text) => void (shown += text) }).outputHelp();
    }
    return shown;
  };
  expect(helpOf("sealrun-server", false)).toMatch(/sealrun-server dev --detach[^]*sealrun-server push hello/);
  expect(helpOf("sealrun-server", false)).not.toMatch(/\bsealrun [a-z]/);
  expect(helpOf("sealrun", true)).not.toContain("sealrun dev --detach");
});
