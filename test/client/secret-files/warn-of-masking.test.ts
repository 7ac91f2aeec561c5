import { expect, test } from "vitest";
import { warnOfMasking } from "../../../packages/client/src/secret-files/warn-of-masking.ts";

test.each(["x9Q", "***", 42, true, null])(
  "warnOfMasking() says that %j is too short to mask, without the value",
  (value) => {
    expect(warnOfMasking("PIN", value)).toBe("PIN is too short to mask: logs and results of a run show it as it is");
  },
);

test.each(["localhost", "password", 5432])("warnOfMasking() says that %j is a common word, without it", (value) => {
  expect(warnOfMasking("HOST", value)).toBe(
    "HOST is a common word: a run masks it only as a separate word, and masks that word wherever it stands",
  );
});

test("warnOfMasking() names the places inside a structure, and no value", () => {
  const value = { host: "localhost", ports: [5432, 123_456], "odd key": true, password: "kf83-kd02-pw" };
  expect(warnOfMasking("DB", value)).toBe(
    'DB has parts that are too short to mask or common words, which logs and results show as they are: host, ports[0], ["odd key"]',
  );
  expect(warnOfMasking("LIST", [1, 2, 3, 4, 5, 6, 7])).toMatch(/: \[0\], \[1\], \[2\], \[3\], \[4\] and 2 more$/);
});

test("warnOfMasking() says nothing of what is masked, or empty", () => {
  for (const value of ["kf83-kd02-pw", 123_456, { user: "reporter" }, ""]) {
    expect(warnOfMasking("NAME", value)).toBeUndefined();
  }
});
