import type { Command, CommanderError } from "commander";
import { SealrunError, showName } from "@sealrun/protocol";

/** A wrong command line as one sentence, with the help of the command that it is about. */
export function usageError(error: CommanderError, program: Command, args: readonly string[]): SealrunError {
  if (error.code === "commander.help") {
    const [first, asked] = args;
    const sentence = first === "help" && asked !== undefined ? `Unknown command '${asked}'` : "Expected a command";
    return new SealrunError("USAGE", `${sentence}; the list is above`);
  }
  const [at, command] = commandOf(program, args);
  const unknown = /^error: unknown command '([^]*?)'/.exec(error.message)?.[1] ?? strayWordOf(error, at);
  const nearest = nearestIn(error);
  const hints = unknown === undefined ? meaning(nearest) : hintsFor(unknown, { program, at, nearest });
  const parts = [
    unknown === undefined ? sentenceOf(error) : `Unknown command '${unknown}'`,
    ...hints,
    `see ${command} --help`,
  ];
  return new SealrunError("USAGE", parts.join("; ").replace("?;", "? Or"));
}

/** Commander's message in the form of this command's own. Words that were typed may be secrets, meant for another command. */
function sentenceOf({ code, message }: CommanderError): string {
  const first =
    message
      .split("\n(Did you mean ")[0]
      ?.replace(/^error: /, "")
      .replace(/\.$/, "") ?? "";
  const quoted = [...first.matchAll(/'([^']*)'/g)].map(([, text = ""]) => text);
  switch (code) {
    case "commander.unknownOption":
      return `Unknown option '${/^(?:--[^=]*|-.)/.exec(quoted[0] ?? "")?.[0] ?? ""}'`;
    case "commander.excessArguments":
      return `Too many arguments: expected ${/Expected (\d+)/.exec(first)?.[1] ?? "fewer"}, found ${/got (\d+)/.exec(first)?.[1] ?? "more"}`;
    case "commander.missingMandatoryOptionValue":
      return `Expected ${quoted[0] ?? ""}`;
    case "commander.optionMissingArgument":
      return `Expected a value after ${quoted[0] ?? ""}`;
    case "commander.invalidArgument":
      return choicesOf(first) ?? sentenceCase(first);
    default:
      return sentenceCase(first);
  }
}

/** The word after a command that acts by itself and has subcommands, such as `sealrun platform`: one of these was meant. */
function strayWordOf({ code, message }: CommanderError, at: Command): string | undefined {
  if (code !== "commander.excessArguments" || at.commands.length === 0) return undefined;
  return /got \d+: ([a-z-]+)(?:, |\.$)/.exec(message)?.[1];
}

/** `--trigger: expected request, schedule or event, found "x"`, for an option or an argument with choices. */
function choicesOf(text: string): string | undefined {
  const [before = "", all] = text.split(". Allowed choices are ", 2);
  if (all === undefined) return undefined;
  const parts = before.split("'");
  const isOption = before.startsWith("option ");
  const [flags = "", found] = isOption
    ? [parts[1], parts.slice(3, -1).join("'")]
    : [parts.at(-2), parts.slice(1, -3).join("'")];
  const name = flags.split(" ").find((word) => word.startsWith("--")) ?? flags;
  return `${name}: expected ${all.replace(/, ([^,]*)$/, " or $1")}, found ${showName(found)}`;
}

function sentenceCase(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The command that commander finds similar. */
function nearestIn({ message }: CommanderError): string | undefined {
  return /\(Did you mean (?:one of )?([^,?]+)/.exec(message)?.[1];
}

interface Unknown {
  readonly program: Command;
  /** The command that has no such subcommand. */
  readonly at: Command;
  readonly nearest: string | undefined;
}

const reading = new Set(["get", "read", "view", "print"]);

function hintsFor(typed: string, { program, at, nearest }: Unknown): readonly string[] {
  if (reading.has(typed) && at.name() === "secret") {
    return ["no command gives a secret's value back; sealrun secret list shows names"];
  }
  if (nearest !== undefined && isNear(typed, nearest)) return meaning(nearest);
  const elsewhere = at === program ? program.commands : [program];
  const meant = elsewhere.flatMap((parent) =>
    parent.commands
      .filter((candidate) => candidate.name() === typed && candidate !== at)
      .map(() => (parent === program ? typed : `${parent.name()} ${typed}`)),
  );
  if (meant.length === 0 || meant.length > maxHints) return [];
  return meaning(meant.map((words) => `${program.name()} ${words}`).join(" or "));
}

const maxHints = 3;

function meaning(words: string | undefined): readonly string[] {
  return words === undefined ? [] : [`did you mean ${words}?`];
}

/** Commander calls words similar that share hardly a letter. */
function isNear(typed: string, candidate: string): boolean {
  return candidate[0] === typed[0] || candidate.includes(typed) || typed.includes(candidate);
}

/** The platform speaks of fields of its queries: what a person typed are the options of that name. */
export function inWordsOfOptions(failure: SealrunError): SealrunError {
  const { field, rest } = /^In the query: (?<field>[A-Za-z]+): (?<rest>[^]*)$/.exec(failure.message)?.groups ?? {};
  if (failure.code !== "BAD_REQUEST" || field === undefined) return failure;
  const option = field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new SealrunError("USAGE", `--${option}: ${rest ?? ""}`, { cause: failure });
}

/** The command that a command line names, and its words, such as `sealrun secret`. */
function commandOf(program: Command, args: readonly string[]): readonly [Command, string] {
  const words = [program.name()];
  let at = program;
  for (const word of args) {
    const next = at.commands.find((command) => command.name() === word || command.aliases().includes(word));
    if (next === undefined) break;
    words.push(next.name());
    at = next;
  }
  return [at, words.join(" ")];
}
