import { expect, test } from "vitest";
import { dumpForms } from "../../../../executor/src/mask/forms/dump-forms.ts";

const forms = dumpForms(Buffer.from("plain-ascii-secret-Q7"));

// The real programs are tried in ../real-programs.test.ts; these are for a machine that lacks one.
test.each([
  ["od -An -tx1", "70 6c 61 69 6e 2d 61 73 63 69 69 2d 73 65 63 72\n 65 74 2d 51 37"],
  ["od -tx1", "70 6c 61 69 6e 2d 61 73 63 69 69 2d 73 65 63 72\n0000020 65 74 2d 51 37"],
  ["od -x", "6c70 6961 2d6e 7361 6963 2d69 6573 7263\n0000020 7465 512d 0037"],
  ["hexdump", "6c70 6961 2d6e 7361 6963 2d69 6573 7263\n0000010 7465 512d 0037"],
  ["od -An -tu1", "112 108  97 105 110  45  97 115  99 105 105  45 115 101  99 114\n 101 116  45  81  55"],
  [
    "xxd",
    "706c 6169 6e2d 6173 6369 692d 7365 6372  plain-ascii-secr\n00000010: 6574 2d51 37                             et-Q7",
  ],
  [
    "hexdump -C",
    "70 6c 61 69 6e 2d 61 73  63 69 69 2d 73 65 63 72  |plain-ascii-secr|\n00000010  65 74 2d 51 37                                    |et-Q7|",
  ],
])("dumpForms() has what %s prints", (_, text) => {
  expect(forms.map((form) => form.text)).toContain(text);
});

test("dumpForms() have a head of the value's first 8 bytes", () => {
  const heads = forms.map(({ text, head }) => text.slice(0, head));
  expect(new Set(heads)).toEqual(
    new Set([
      "70 6c 61 69 6e 2d 61 73",
      "6c70 6961 2d6e 7361",
      "066160 064541 026556 071541",
      "112 108  97 105 110  45  97 115",
      "706c 6169 6e2d 6173",
      "706c61696e2d6173",
    ]),
  );
});
