import { expect, test } from "vitest";
import { languageOf } from "../../../../../packages/web/src/pages/package/files/language-of.ts";

test.each([
  ["a.ts", "typescript"],
  ["lib/a.MJS", "javascript"],
  ["a.py", "python"],
  ["a.sh", "bash"],
  ["pyproject.toml", "ini"],
  ["LICENSE", "plaintext"],
  ["a.csv", "plaintext"],
])("languageOf() reads %s as %s", (path, language) => expect(languageOf(path)).toBe(language));
