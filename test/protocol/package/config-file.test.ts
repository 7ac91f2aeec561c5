import { parseConfigFile } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { bytesOf, refusalOf } from "../../support/refusal.ts";

test("parseConfigFile() reads one object of any JSON", () => {
  expect(parseConfigFile(bytesOf('\uFEFF{"LOG_LEVEL": "DEBUG", "a": [1, null]}'))).toEqual({
    LOG_LEVEL: "DEBUG",
    a: [1, null],
  });
});

test.each([
  ["[]", "config.json: expected an object"],
  ['{"a": 1, "a": 2}', 'config.json:1:10: duplicate key "a"'],
  ['{\n"a": [{"id": 1152921504606846976}]}', "config.json:2:14: a[0].id: expected an integer that keeps its value"],
  ['{"a": {"b": 1, "b": 2}}', 'config.json:1:16: duplicate key "b"'],
  ["", "config.json:1:1: expected JSON"],
])("parseConfigFile() refuses %s", (text, sentence) => {
  const refusal = refusalOf(() => parseConfigFile(bytesOf(text)));
  expect(refusal.code).toBe("CONFIG_FILE_INVALID");
  expect(refusal.message).toContain(sentence);
});
