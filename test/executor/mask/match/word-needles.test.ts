import { expect, test } from "vitest";
import { cutAt, maskerOf, streamed } from "../support.ts";

test.each([
  ["4321", "***"],
  ["(4321)", "(***)"],
  ["é4321é", "é***é"],
  ["x4321", "x4321"],
  ["4321_", "4321_"],
  ['"a\\n4321"', '"a\\n***"'],
  ["a%204321", "a%20***"],
  ["\\u00204321", "\\u0020***"],
  ["\u001b[1;33m4321\u001b[0m", "\u001b[1;33m***\u001b[0m"],
])("createWordNeedles() decides on %j, wherever it is cut", (text, expected) => {
  const masker = maskerOf("4321");
  const bytes = Buffer.from(text);
  for (let place = 0; place <= bytes.length; place += 1) {
    expect(Buffer.from(streamed(masker, cutAt(bytes, [place])), "latin1").toString()).toBe(expected);
  }
});
