import type { Command, CommanderError } from "commander";
import { SealrunError } from "@sealrun/protocol";

/** A wrong command line as one sentence, with the help of the command that it is about. */
export function usageError(error: CommanderError, program: Command, args: readonly string[]): SealrunError {
  if (error.code === "commander.help") {
    const [first, asked] = args;
    const sentence = first === "help" && asked !== undefined ? `Unknown command '${asked}'` : "Expected a command";
    return new SealrunError("USAGE", `${sentence}; the list is above`);
  }
  const command = commandOf(program, args);
  // The value of an unknown option may be a secret, meant for another command.
  const message = error.message.replace(/^(error: unknown option '[^'=]*)=[^]*?'(?=\s|$)/, "$1'");
  const [first = "", hint = ""] = message.split("\n(Did you mean ");
  const sentence = first.replace(/^error: /, "").replace(/\.$/, "");
  const meant = hint === "" ? [] : [`did you mean ${hint.replace(/\?\)$/, "")}?`];
  const hints =
    error.code === "commander.unknownCommand" && /'(?:get|read|view|print)'/.test(sentence) && /\bsecret$/.test(command)
      ? ["no command gives a secret's value back; sealrun secret list shows names"]
      : meant;
  const parts = [`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`, ...hints, `see ${command} --help`];
  return new SealrunError("USAGE", parts.join("; ").replace("?;", "? Or"));
}

/** The platform speaks of fields of its queries: what a person typed are the options of that name. */
export function inWordsOfOptions(failure: SealrunError): SealrunError {
  const { field, rest } = /^In the query: (?<field>[A-Za-z]+): (?<rest>[^]*)$/.exec(failure.message)?.groups ?? {};
  if (failure.code !== "BAD_REQUEST" || field === undefined) return failure;
  const option = field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new SealrunError("USAGE", `--${option}: ${rest ?? ""}`, { cause: failure });
}

/** The words of a command line that name a command, such as `sealrun secret`. */
function commandOf(program: Command, args: readonly string[]): string {
  const words = [program.name()];
  let at = program;
  for (const word of args) {
    const next = at.commands.find((command) => command.name() === word || command.aliases().includes(word));
    if (next === undefined) break;
    words.push(next.name());
    at = next;
  }
  return words.join(" ");
}
