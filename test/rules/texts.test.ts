import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readTexts, sentencesOf } from "./read-texts.ts";
import { shipped } from "./sources.ts";
import { prose } from "./words.ts";

const list = new URL("texts.txt", import.meta.url);
const maxWords = 25;
/** Files whose strings are for machines, but for errors and logs. */
const quiet = /store\.ts$|\/postgres\/|packages\/(?:crypto|faults)\/|\/clean-text\.ts$|\/jq-program\.ts$/;

const texts = shipped.flatMap(({ path, text }) =>
  readTexts(path, text, { isQuiet: quiet.test(path) }).map((told) => ({ path, told })),
);

test("texts.txt holds every text that people may read, in the order of the files", () => {
  const written = texts.map(({ path, told }) => `${path}: ${told}\n`).join("");
  if (process.env["UPDATE_TEXTS"] === "1") writeFileSync(list, written);
  expect(readFileSync(list, "utf8"), "texts have changed: read them, then npm run texts").toBe(written);
});

test(`readTexts() finds no sentence of more than ${maxWords} words, and none that starts as a riddle`, () => {
  const bad = texts.flatMap(({ path, told }) =>
    sentencesOf(told).flatMap((sentence) => {
      const words = sentence.split(" ").length;
      if (words > maxWords) return [`${path}: ${words} words: ${sentence}`];
      if (/^(?:What|Whoever|Those|Such)\b/.test(sentence)) return [`${path}: name the noun first: ${sentence}`];
      const listed = prose.find(([word]) => word.test(sentence));
      return listed === undefined ? [] : [`${path}: ${listed[0].source}, better ${listed[1]}: ${sentence}`];
    }),
  );
  expect(bad).toEqual([]);
});

test("readTexts() reads errors, logs, pages and commands, and puts {} for a value", () => {
  const source = `
    throw new SealrunError("MALFORMED", \`Expected a name, found \${name}\`);
    log.warn({ err }, "The disk is full");
    const page = <p title="More about this page">It is <b>held</b> since {time}. <Hint>Ask the admin now</Hint></p>;
    command.option("--json", "print the answer as JSON");
    sql.run("select a from b where c = 1");`;
  expect(readTexts("x.tsx", source, { isQuiet: false })).toEqual([
    "Expected a name, found {}",
    "The disk is full",
    "It is held since {}. Ask the admin now",
    "More about this page",
    "Ask the admin now",
    "print the answer as JSON",
  ]);
  expect(readTexts("x.tsx", source, { isQuiet: true })).not.toContain("print the answer as JSON");
});
