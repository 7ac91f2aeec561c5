import { expect, test } from "vitest";
import { buildProgram, type Command } from "./commands.ts";
import { pages } from "./pages.ts";

const program = buildProgram();

/** Every command line that a page tells people to type: in a code block, or in inline code. */
const quoted = pages.flatMap(({ path, text }) =>
  [...codeIn(text)].flatMap((code) =>
    code
      .split("\n")
      // Quoted output names commands inside sentences; the pattern leaves those out.
      .map((line) => /(?:^|[|&$(] ?|--no-install )\s*sealrun (?<words>[a-z][^#|&<)]*)/.exec(line)?.groups?.["words"])
      .filter((words) => words !== undefined)
      .map((words) => ({ path, words: words.trim() })),
  ),
);

test("packages/docs, README.md and examples/ quote commands that exist, with options that they accept", () => {
  expect(quoted.length).toBeGreaterThan(40);
  const wrong = quoted.flatMap(({ path, words }) => {
    const problem = problemOf(words);
    return problem === undefined ? [] : [`${path}: sealrun ${words}: ${problem}`];
  });
  expect(wrong).toEqual([]);
});

function* codeIn(text: string): Generator<string> {
  for (const [, block = ""] of text.matchAll(/^```(?:sh)?\n([^]*?)^```/gm)) yield block;
  for (const [, code = ""] of text.replace(/^```[^]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)) yield code;
}

function problemOf(typed: string): string | undefined {
  const tokens = typed.replace(/[[\]{}…,;:]+/g, " ").split(/\s+/);
  let command: Command = program;
  const rest: string[] = [];
  for (const token of tokens) {
    const inner = rest.length === 0 ? command.commands.find((candidate) => candidate.name() === token) : undefined;
    if (inner === undefined) rest.push(token);
    else command = inner;
  }
  if (rest[0] === "help") return rest.length === 1 ? undefined : problemOf(rest.slice(1).join(" "));
  if (command === program) return "there is no such command";
  // The guides name a group of commands too: `sealrun secret`. What follows an option may be its value.
  const words = command.options.length > 0 ? rest.slice(0, 1) : rest;
  if (command.commands.length > 0 && words.some((token) => /^[a-z]/.test(token))) return `it has no ${rest[0]}`;
  const known = [...command.options, ...program.options];
  const unknown = rest
    .filter((token) => /^--?[a-zA-Z]/.test(token) && token !== "--help")
    .find((token) => !known.some(({ short, long }) => [short, long].includes(token.split("=", 1)[0])));
  return unknown === undefined ? undefined : `it has no option ${unknown}`;
}
