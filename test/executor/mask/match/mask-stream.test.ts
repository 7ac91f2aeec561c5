import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { createMasker } from "../../../../executor/src/mask/masker.ts";
import { needlesOf } from "../../../../executor/src/mask/forms/needles.ts";
import { cutAt, maskerOf, shown, slowlyHidden, streamed } from "../support.ts";

const bytesOf = (text: string) => Buffer.from(text);

/**
 * The stream's end adds one rule: a beginning of 8 bytes or more is hidden. A last byte that starts nothing avoids it.
 */
const closing = "\u0000";

describe("write()", () => {
  test("write() hides every form of a value at every place where it is cut in three", () => {
    const value = 'p@ss/w0rd "é"';
    const masker = maskerOf(value);
    for (const { bytes: needle } of needlesOf(value)) {
      const bytes = Buffer.concat([bytesOf("<"), needle, bytesOf(">")]);
      for (let first = 0; first <= bytes.length; first += 1) {
        for (let second = first; second <= bytes.length; second += 1) {
          expect(streamed(masker, cutAt(bytes, [first, second]))).toBe("<***>");
        }
      }
    }
  });

  test("write() gives what a slow search gives, however needles overlap and wherever the text is cut", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 80 });
    const needle = fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 4, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(needle, { maxLength: 6 }),
        letters,
        fc.array(fc.nat(), { maxLength: 6 }),
        (values, text, cuts) => {
          const bytes = bytesOf(text + closing);
          const expected = shown(bytes, slowlyHidden(bytes, values));
          expect(streamed(maskerOf(...values), cutAt(bytes, cuts))).toBe(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("write() never gives a form of 8 bytes or more of any value", () => {
    const value = fc
      .uint8Array({ minLength: 8, maxLength: 40 })
      .map((bytes) => Buffer.from(bytes).toString("latin1"))
      .filter((text) => !text.includes("*"));
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(), fc.array(fc.nat(), { maxLength: 5 }), (text, form, other, cuts) => {
        const needles = needlesOf(text).map(({ bytes: needle }) => needle);
        const chosen = [form, other].map((index) => needles[index % needles.length] ?? bytesOf(text));
        const bytes = Buffer.concat([bytesOf("log: "), ...chosen, bytesOf(", "), ...chosen]);
        const given = Buffer.from(streamed(maskerOf(text), cutAt(bytes, cuts)), "latin1");
        const shown = needles.filter((needle) => needle.length >= 8 && given.indexOf(needle) !== -1);
        expect(shown).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("write() passes bytes without needles through unchanged, invalid UTF-8 too", () => {
    const masker = maskerOf("correct horse battery", { port: 54321, key: "s3cr3t/é" });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 5 }), (bytes, cuts) => {
        expect(streamed(masker, cutAt(bytes, cuts))).toBe(Buffer.from(bytes).toString("latin1"));
      }),
    );
  });

  test.each([
    ["aabaabaab", "aabaabaabaab", "***"],
    ["abababab", "xabababababx", "x***x"],
    ["abcdefgh|abcdefghijkl", "abcdefghijk!", "***ijk!"],
    ["abcdefghijkl|cdefghij", "abcdefghij!", "ab***!"],
    ["first-one|other-one", "first-oneother-one", "***"],
    ["first-one|one-other", "first-one-other", "***"],
    ["überraschung", "x überraschung", "x ***"],
  ])("write() given one byte at a time hides %s in %s", (values, text, expected) => {
    const masker = maskerOf(...values.split("|"));
    const chunks = Array.from(bytesOf(text), (byte) => Uint8Array.of(byte));
    expect(streamed(masker, chunks)).toBe(expected);
    expect(streamed(masker, [bytesOf(text)])).toBe(expected);
  });

  test("write() holds back only what may start a needle", () => {
    const stream = maskerOf("correct horse").stream();
    expect(Buffer.from(stream.write(bytesOf("abc corr"))).toString()).toBe("abc ");
    expect(stream.heldBytes()).toBe(4);
    expect(Buffer.from(stream.write(bytesOf("ection\n"))).toString()).toBe("correction\n");
    expect(Buffer.from(stream.write(bytesOf("correct horse"))).toString()).toBe("***");
    expect(stream.heldBytes()).toBe(0);
  });

  test("write() hides a value added at any time in all bytes that were not released yet", () => {
    const value = fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 4, maxLength: 90 });
    const slice = fc.tuple(fc.nat(), fc.nat(), fc.nat());
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 2, maxLength: 4 }),
        fc.array(slice, { maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
        (values, slices, cuts) => {
          const pieces = slices.map(([which, start, end]) => {
            const whole = values[which % values.length] ?? "";
            return start % 3 === 0
              ? whole.slice(0, end % 100)
              : start % 3 === 1
                ? whole
                : whole.slice(start % whole.length);
          });
          const bytes = bytesOf(pieces.join("") + closing);
          const [later = "", ...first] = values;
          const masker = maskerOf(...first);
          const stream = masker.stream();
          const given: Uint8Array[] = [];
          let writtenBytes = 0;
          let givenOut = 0;
          for (const [index, chunk] of cutAt(bytes, cuts).entries()) {
            if (index === 1) {
              givenOut = writtenBytes - stream.heldBytes();
              masker.add(later);
            }
            given.push(stream.write(chunk));
            writtenBytes += chunk.length;
          }
          given.push(stream.end());
          const hidden = slowlyHidden(bytes, first);
          for (const [at, isHidden] of slowlyHidden(bytes, [later]).entries())
            if (at >= givenOut) hidden[at] ||= isHidden;
          expect(Buffer.concat(given).toString()).toBe(shown(bytes, hidden));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("write() hides a value added while a short one still waits for its next byte", () => {
    const masker = maskerOf("1234");
    const stream = masker.stream();
    const given = [stream.write(bytesOf("pin 1234"))];
    masker.add("1234-5678");
    given.push(stream.write(bytesOf("-5678 ")), stream.end());
    expect(Buffer.concat(given).toString()).toBe("pin *** ");
  });

  test("write() follows a long value that repeats itself, and finds it again after a miss", () => {
    const record = `${"r".repeat(70)}-record;`;
    const value = record.repeat(5);
    const masker = maskerOf(value);
    expect(streamed(masker, [bytesOf(`<${record}${value}>`)])).toBe("<***>");
    expect(streamed(masker, [bytesOf(`<${value.slice(0, 200)}!${value}>`)])).toBe("<***!***>");
    expect(streamed(masker, cutAt(bytesOf(`<${value}${record}>`), [30, 64, 65, 200, 350]))).toBe("<***>");
  });

  test("write() follows a long value while needles are added", () => {
    const value = Array.from({ length: 60 }, (_, index) => `part${index}`).join("/");
    const masker = maskerOf(value);
    const stream = masker.stream();
    const given = cutAt(bytesOf(`<${value}>`), [70, 71, 100, 250]).map((chunk, index) => {
      masker.add(`another value ${index}`);
      return stream.write(chunk);
    });
    expect(Buffer.concat([...given, stream.end()]).toString()).toBe("<***>");
  });
});

describe("flush()", () => {
  test("flush() releases a single held byte and still hides the rest of the value", () => {
    const stream = maskerOf("correct horse").stream();
    stream.write(bytesOf("c"));
    expect(Buffer.from(stream.flush()).toString()).toBe("c");
    expect(Buffer.from(stream.write(bytesOf("orrect horse!"))).toString()).toBe("***!");
  });

  test("flush() keeps a longer beginning of a value", () => {
    const stream = maskerOf("correct horse", "1234").stream();
    stream.write(bytesOf("correct h"));
    expect(stream.flush().length).toBe(0);
    expect(Buffer.from(stream.end()).toString()).toBe("***");
  });

  test("flush() keeps a short value whose next byte is not known", () => {
    const stream = maskerOf("1234").stream();
    stream.write(bytesOf("1234"));
    expect(stream.flush().length).toBe(0);
    expect(Buffer.from(stream.write(bytesOf("5"))).toString()).toBe("12345");
  });
});

describe("end()", () => {
  test("end() masks a beginning of 8 bytes and gives a shorter one", () => {
    const masker = maskerOf("correct horse");
    expect(streamed(masker, [bytesOf("a correct ")])).toBe("a ***");
    expect(streamed(masker, [bytesOf("a correct")])).toBe("a correct");
  });

  test("end() takes a value added after the last write into account", () => {
    const masker = createMasker();
    masker.add("correct horse");
    const stream = masker.stream();
    stream.write(bytesOf("correct"));
    masker.add("correct");
    expect(Buffer.from(stream.end()).toString()).toBe("***");
  });
});
