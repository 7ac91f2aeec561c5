import { expect, test } from "vitest";
import { buildProgram } from "../../docs/commands.ts";

test("addCommands() keeps what only operators need out of the list", () => {
  const program = buildProgram();
  const shown = new Set(
    program
      .createHelp()
      .visibleCommands(program)
      .map((command) => command.name()),
  );
  const hidden = program.commands.map((command) => command.name()).filter((name) => !shown.has(name));
  expect(hidden).toEqual([
    "platform",
    "keyring",
    "executor",
    "keyring-audit",
    "keyring-token",
    "keyring-revoke",
    "nats-setup",
  ]);
  expect(shown).toContain("push");
});
