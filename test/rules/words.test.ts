import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { identifiers, prose } from "./words.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const list = new URL("allowed-words.json", import.meta.url);
const texts = /\.(?:tsx?|mjs|js|py|sh|md|css|html|sql|json)$|\/sealrun-context$/;
/** What says a name of the database, or of an applied migration, which is never edited. */
const named = /\/sql\/|\/schema\.sql$|package-lock\.json$/;

const files = execFileSync("git", ["ls-files", "packages", "executor", ".github", "README.md", "CHANGELOG.md"], {
  cwd: repository,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => texts.test(path) && !named.test(path));

/** How often the words stand in each file that has any. */
function countWords(): Record<string, number> {
  return Object.fromEntries(
    files.flatMap((path) => {
      const count = linesWith(readFileSync(`${repository}/${path}`, "utf8")).length;
      return count === 0 ? [] : [[path, count]];
    }),
  );
}

/** `line: word, better`, once for each word found. */
function linesWith(text: string): readonly string[] {
  return text.split("\n").flatMap((line, index) =>
    [...prose, ...identifiers].flatMap(([word, better]) => {
      const every = new RegExp(word.source, `${word.flags}g`);
      return [...line.matchAll(every)].map(([found]) => `${index + 1}: ${found}; better: ${better}`);
    }),
  );
}

test("linesWith() finds each word of both lists, and leaves their plain neighbours", () => {
  expect(linesWith("It is made anew.\nNobody asks any more, no more.\ntype Needed = 1;\nconst mostBytes = 1;")).toEqual(
    [
      "1: anew; better: again",
      "2: Nobody; better: name who: no executor, people, a user",
      "2: no more; better: no longer",
      "3: Needed; better: <Verb>Deps",
      "4: mostB; better: max…",
    ],
  );
  expect(
    linesWith("no more than 5; no more rows; the user `nobody`; almost; mostly; isHeld; the newest; a renewal"),
  ).toEqual([]);
});

test("packages/, executor/ and the documents have no more of the listed words than allowed-words.json says", () => {
  const allowed = z.record(z.string(), z.number()).parse(JSON.parse(readFileSync(list, "utf8")));
  const found = countWords();
  // `UPDATE_WORDS=1` lowers the counts to what is left: they never rise.
  if (process.env["UPDATE_WORDS"] === "1") {
    const lowered = Object.entries(found).map(([path, count]) => [path, Math.min(count, allowed[path] ?? 0)]);
    writeFileSync(list, `${JSON.stringify(Object.fromEntries(lowered.filter(([, count]) => count !== 0)), null, 2)}\n`);
    return;
  }
  const tooMany = Object.entries(found).flatMap(([path, count]) =>
    count <= (allowed[path] ?? 0)
      ? []
      : linesWith(readFileSync(`${repository}/${path}`, "utf8")).map((line) => `${path}:${line}`),
  );
  expect(tooMany).toEqual([]);
  const stale = Object.entries(allowed).filter(([path, count]) => (found[path] ?? 0) < count);
  expect(stale, "fewer are left: run UPDATE_WORDS=1 npx vitest run --project unit test/rules/words.test.ts").toEqual(
    [],
  );
});
