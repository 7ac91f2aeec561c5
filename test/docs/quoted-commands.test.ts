import { expect, test } from "vitest";
import { buildProgram, problemOf } from "./commands.ts";
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
    const problem = problemOf(program, words);
    return problem === undefined ? [] : [`${path}: sealrun ${words}: ${problem}`];
  });
  expect(wrong).toEqual([]);
});

function* codeIn(text: string): Generator<string> {
  for (const [, block = ""] of text.matchAll(/^```(?:sh)?\n([^]*?)^```/gm)) yield block;
  for (const [, code = ""] of text.replace(/^```[^]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)) yield code;
}
