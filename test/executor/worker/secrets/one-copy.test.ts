import { expect, it } from "vitest";
import { createOneCopy } from "../../../../executor/src/worker/secrets/one-copy.ts";

it("createOneCopy() gives the first copy of a value to keep, so that many names of one value need its memory once", () => {
  const oneCopy = createOneCopy();
  const first = oneCopy({ key: "the same value" });
  expect(oneCopy({ key: "the same value" })).toBe(first);
  expect(oneCopy({ key: "another value" })).not.toBe(first);
});
