import { setImmediate } from "node:timers/promises";
import { checkSync } from "recheck/lib/browser.js";
import { expect, test } from "vitest";
import { type Expression, expressionsOf } from "./find-expressions.ts";
import { programs } from "./sources.ts";

/*
 * A regular expression may need a time that grows with the square of its input, or worse. Most inputs come from packages,
 * which anybody may write, and a search cannot be interrupted. package.json puts a tiny package in place of the
 * checker's other builds (programs and an archive of 30 MB), which nothing here uses.
 */

const found = programs.flatMap(expressionsOf);

test("packages/ and executor/ have only regular expressions whose time grows in step with their input", async () => {
  const wrong: string[] = [];
  for (const [text, places] of group(found)) {
    const { pattern, flags } = places[0];
    if (isBounded(pattern)) continue;
    const verdict = judge(pattern, flags);
    if (verdict !== "safe") wrong.push(`${places.map(({ place }) => place).join(" ")} ${text}: ${verdict}`);
    await setImmediate(); // the reporter's turn
  }
  expect(wrong).toEqual([]);
}, 600_000);

test("expressionsOf() finds literals, and puts the constants of made ones in", () => {
  const texts = found.map(({ pattern, place }) => `${place.replace(/:\d+$/, "")} ${pattern}`);
  expect(texts).toContainEqual(expect.stringMatching(/find-uses\.ts .*getSecret\|get_secret\)\\s\{0,200\}\\\(/));
  expect(texts).toContainEqual(expect.stringMatching(/read-references\.ts \\\{\\\{\|.*workflow/));
  expect(texts).toContainEqual(expect.stringContaining("ansi.ts \u001B(?:"));
  expect(texts.filter((text) => text.endsWith(" x")).length).toBeLessThanOrEqual(1); // a search for typed text
});

test.each([
  ["^(?:sha(?:1|256|384|512)-[A-Za-z0-9+/]+={0,2}(?:\\?\\S*)?\\s*)+$", "exponential"],
  ["\\s*(?:\\[[\\w\\s.,-]*\\])?\\s*==", "polynomial"],
  ["/+$", "polynomial"],
  ["(?:a|aa)+$", "exponential"],
])("checkSync() calls %s %s", (pattern, verdict) => {
  expect(isBounded(pattern)).toBe(false);
  expect(judge(pattern, "")).toContain(verdict);
});

test.each([
  ["^[a-z]{1,255}$", true],
  ["[*+]\\+\\*", true],
  ["^(?:a|bc?)(?!d)$", true],
  ["a{2,}", false],
  ["(?:a{0,30}){0,30}", false],
  ["a{0,300}a{0,300}", false],
  ["(?:a?){20}", false],
])("isBounded() says of %s: %s", (pattern, isSo) => expect(isBounded(pattern)).toBe(isSo));

/** At most so many ways to match from one character. */
const maxWays = 1_000;

/** True when it is plain that few ways lead on from any one character: no part repeats for ever, no group repeats at all. */
function isBounded(pattern: string): boolean {
  const bare = pattern.replaceAll(/\\[^]/g, "e").replaceAll(/\[[^\]]*\]/g, "c");
  if (/[*+]|\{\d+,\}|\)\{/.test(bare)) return false;
  const options = bare.match(/(?<!\()\?/g)?.length ?? 0;
  const repeats = [...bare.matchAll(/\{(?:\d+,)?(\d+)\}/g)].map(([, most]) => Number(most));
  return repeats.reduce((ways, most) => ways * most, 2 ** options) <= maxWays;
}

/** A fifth of what the checker does by itself: it says the same of these, in half of the time. */
const effort = { randomSeed: 1, maxIteration: 5, attackLimit: 300_000, maxAttackStringSize: 50_000 };

/** The checker's verdict. It has twice the time of the last try when it was not done: other tests run beside this one. */
function judge(pattern: string, flags: string): string {
  for (let timeout = 10_000; ; timeout *= 2) {
    const answer = checkSync(pattern, flags, { ...effort, timeout });
    if (answer.status === "vulnerable") return `${answer.complexity.summary}, for example ${answer.attack.pattern}`;
    if (answer.status === "safe") return "safe";
    if (answer.error.kind !== "timeout" || timeout > 100_000) return answer.error.kind;
  }
}

/** The expressions by their text, so that each is judged once. */
function group(all: readonly Expression[]): ReadonlyMap<string, readonly [Expression, ...Expression[]]> {
  const groups = new Map<string, [Expression, ...Expression[]]>();
  for (const one of all) {
    const text = `/${one.pattern}/${one.flags}`;
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [one]);
    else group.push(one);
  }
  return groups;
}
