import { Readable } from "node:stream";
import { Command } from "commander";
import { expect, test } from "vitest";
import { addCommands } from "../../../packages/cli/src/commands/add-commands.ts";
import { createOutput } from "../../../packages/cli/src/output.ts";

test("addCommands() keeps what only operators need out of the list", () => {
  const program = new Command("sealrun");
  addCommands(program, {
    environment: {},
    output: createOutput(process.stdout, process.stderr),
    input: Readable.from([]),
    profileName: () => undefined,
    takeSignals: () => AbortSignal.any([]),
  });
  const all = program.commands.map((command) => command.name());
  const shown = new Set(
    program
      .createHelp()
      .visibleCommands(program)
      .map((command) => command.name()),
  );
  expect(all.filter((name) => !shown.has(name))).toEqual([
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
