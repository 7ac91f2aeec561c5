import type { FoundNames } from "@sealrun/client";
import { expect, test } from "vitest";
import { frameLines } from "../../../../packages/web/src/pages/upload/code-frame.ts";
import { readDropped } from "../../../../packages/web/src/pages/upload/drop/read-dropped.ts";
import {
  findMissingNames,
  findProblems,
  placesOf,
  type Review,
  reviewPackage,
} from "../../../../packages/web/src/pages/upload/review.ts";
import { droppedFiles } from "./dropped.ts";

const canary = "canary-in-a-review-0123456789";
const review = async (files: Readonly<Record<string, string>>): Promise<Review> =>
  reviewPackage(await readDropped({ files: droppedFiles(files) }));
const nothing: FoundNames = { stored: new Map(), version: null, changed: [] };

test("reviewPackage() holds names and lines of secrets, and never a value", async () => {
  const { checked, revealing } = await review({
    "pkg/a.sh": `echo\necho ${canary}`,
    "pkg/secrets.json": `{\n  "KEY": "${canary}"\n}`,
  });
  expect([...checked.secrets]).toEqual([["KEY", { value: null, line: 2 }]]);
  expect([...revealing]).toEqual(["a.sh:2"]);
  expect(JSON.stringify([...checked.secrets, checked.problems])).not.toContain(canary);
});

test.each([
  ["a text", (key: string) => ({ KEY: key })],
  ["a part of a structured value", (key: string) => ({ ACCOUNT: { key } })],
])("reviewPackage() hides every line of a value of several lines in %s", async (_, secrets) => {
  const key = `-----BEGIN KEY-----\n${canary}\n${canary}\n-----END KEY-----`;
  const script = `import x\nkey = """${key}"""\nx.go(key)\n`;
  const { checked, revealing } = await review({ "a.py": script, "secrets.json": JSON.stringify(secrets(key)) });
  const shown = [2, 5].flatMap((line) =>
    frameLines(new TextEncoder().encode(script), line, (number) => revealing.has(`a.py:${number}`)),
  );
  expect(checked.problems).toMatchObject([{ file: "a.py", line: 2 }]);
  expect(JSON.stringify(shown)).not.toMatch(/canary|BEGIN KEY/);
  expect(shown[0]).toMatchObject({ number: 1, text: "import x", isHidden: false });
});

test("reviewPackage() takes the manifest's name, else the folder's, else none", async () => {
  const names = await Promise.all([
    review({ "pkg/a.sh": "", "pkg/manifest.json": '{"name": "named"}' }),
    review({ "pkg/a.sh": "" }),
    review({ "my folder/a.sh": "" }),
    review({ "a.sh": "" }),
  ]);
  expect(names.map(({ name }) => name)).toEqual(["named", "pkg", "", ""]);
});

test("reviewPackage() tells every document that would be refused", async () => {
  const { refused } = await review({ "a.sh": "", "manifest.json": '{"prority": 3}', "secrets.json": '{"A": 1,}' });
  expect(refused.map(({ code, file }) => [code, file])).toEqual([
    ["MANIFEST_INVALID", "manifest.json"],
    ["SECRETS_FILE_INVALID", "secrets.json"],
  ]);
});

test("findProblems() puts errors first, and calls a name missing once the platform was asked", async () => {
  const given = await review({
    "a.sh": `sealrun-context get GONE\necho ${canary}\nsealrun-context get KEY`,
    "secrets.json": `{"KEY": "${canary}"}`,
  });
  expect(findProblems(given, undefined, "acme", []).map(({ level }) => level)).toEqual(["warning"]);
  const all = findProblems(given, nothing, "acme", []).map(({ level, file, line }) => [level, file, line]);
  expect(all).toEqual([
    ["error", "a.sh", 1],
    ["warning", "a.sh", 2],
  ]);
  const missing = findMissingNames(given, nothing, "acme");
  expect(missing.map(({ name, place }) => [name, place])).toEqual([["GONE", "a.sh:1"]]);
  expect(findProblems(given, nothing, "acme", missing).map(({ level }) => level)).toEqual(["warning"]);
  expect(findMissingNames(given, undefined, "acme")).toEqual([]);
});

test("placesOf() names each place once, and at most three", () => {
  const at = (file: string | null, line: number | null) => ({
    code: null,
    level: "error" as const,
    file,
    line,
    message: "lock file missing",
  });
  expect(placesOf([at("a.ts", 3), at("a.ts", 3), at("requirements.txt", null)])).toBe("a.ts:3, requirements.txt");
  expect(placesOf([at(null, null)])).toBe("lock file missing");
  expect(placesOf([1, 2, 3, 4, 5].map((line) => at("a.ts", line)))).toBe("a.ts:1, a.ts:2, a.ts:3 and 2 more");
});
