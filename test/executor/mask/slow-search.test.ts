import { expect, test } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import { needlesOf } from "../../../executor/src/mask/forms/needles.ts";
import { type SeededRandom, seededRandom } from "../../support/seeded-random.ts";
import { cutAt, maskerOf, shown, slowlyHidden, streamed } from "./support.ts";

const letters = Array.from("aabbc-7é ");
/** No needle has it, so that the rule for a stream that is cut does not apply. */
const closing = "\u0001";

const alphabets = [letters, ["a"], Array.from("ab"), Array.from("xyzXYZ0189_-.,:=/\\\"'&<>%$`\n\té漢😀")];

const textOf = (random: SeededRandom, length: number): string => {
  const alphabet = random.pick(alphabets);
  return Array.from({ length }, () => random.pick(alphabet)).join("");
};

/** Values as an attacker chooses them: periodic, parts of one another, with one head, in structures and in lines. */
function valuesOf(random: SeededRandom): readonly JsonValue[] {
  const head = textOf(random, 60 + random.whole(10));
  const long = textOf(random, 150 + random.whole(300));
  const from = random.whole(100);
  const choices: readonly (() => JsonValue)[] = [
    () => textOf(random, 4 + random.whole(6)),
    () => textOf(random, 8 + random.whole(40)),
    () => head + textOf(random, random.whole(80)),
    () => head.repeat(1 + random.whole(3)) + textOf(random, random.whole(5)),
    () => long.slice(from, from + 70 + random.whole(200)),
    () => long,
    () => [textOf(random, 20), { key: textOf(random, 9), number: random.whole(1_000_000_000) }],
    () => `${textOf(random, 70)}\n${head}\n${textOf(random, 12)}`,
  ];
  return Array.from({ length: 1 + random.whole(7) }, () => random.pick(choices)());
}

/** Noise, and needles: whole, without an end, from the middle, and one head with the rest of another. */
function outputOf(random: SeededRandom, values: readonly JsonValue[]): Uint8Array {
  const needles = values.flatMap(needlesOf).map(({ bytes }) => bytes);
  if (needles.length === 0) return Buffer.from(`nothing${closing}`);
  const parts: readonly (() => Uint8Array)[] = [
    () => Buffer.from(textOf(random, random.whole(30))),
    () => random.pick(needles),
    () => random.pick(needles).subarray(0, random.whole(400)),
    () => random.pick(needles).subarray(random.whole(20)),
    () => Buffer.concat([random.pick(needles).subarray(0, 64), random.pick(needles).subarray(64)]),
    () => Buffer.concat(Array.from({ length: 3 }, () => random.pick(needles).subarray(0, 70 + random.whole(200)))),
  ];
  const chosen = Array.from({ length: 1 + random.whole(12) }, () => random.pick(parts)());
  return Buffer.concat([...chosen, Buffer.from(closing)]);
}

test("write() gives what a slow search gives, for values that begin alike, repeat themselves and overlap", () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = seededRandom(seed);
    const values = valuesOf(random);
    const masker = maskerOf(...values);
    for (let output = 0; output < 3; output += 1) {
      const bytes = outputOf(random, values);
      const cuts = Array.from({ length: random.whole(7) }, () => random.whole(bytes.length));
      const expected = shown(bytes, slowlyHidden(bytes, values));
      const given = streamed(masker, cutAt(bytes, cuts));
      if (given !== expected) expect.soft({ seed, given }).toEqual({ seed, given: expected });
    }
  }
});
