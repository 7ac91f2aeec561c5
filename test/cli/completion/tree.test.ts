import { expect, test } from "vitest";
import { completedCommand, flatten } from "../../../packages/cli/src/completion/tree.ts";
import { buildProgram, leavesOf } from "../../docs/commands.ts";

const root = completedCommand(buildProgram());
const all = new Map(flatten(root).map((command) => [command.typed, command]));

test("completedCommand() has every command that the help lists, with its options and their choices", () => {
  const hidden = /^sealrun (?:platform|keyring|executor|nats)/;
  const typed = [...leavesOf(buildProgram()).keys()].filter((words) => !hidden.test(words));
  expect(typed.filter((words) => !all.has(words))).toEqual([]);
  expect([...all.keys()].filter((words) => hidden.test(words))).toEqual([]);
  const list = all.get("sealrun execution list");
  expect(list?.options.find(({ flags }) => flags.includes("--trigger"))).toMatchObject({
    takesValue: true,
    choices: ["request", "schedule", "event"],
  });
  expect(all.get("sealrun logs")?.options[0]).toMatchObject({ flags: ["--follow", "-f"], takesValue: false });
});

test("completedCommand() keeps what a command is for short", () => {
  expect(all.get("sealrun push")?.about).toBe("Upload a folder as a new version of a package");
});
