import { globSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { checkContent } from "../../../../packages/client/src/package/check-content.ts";
import { checkSources } from "../../../../packages/client/src/package/sources/check-sources.ts";
import { packageOf } from "./package-of.ts";

const repository = new URL("../../../../", import.meta.url).pathname;

test("checkSources() refuses TypeScript that does not parse and an import without a lock file, with file, line and column", async () => {
  const problems = await checkSources(packageOf({ "a.ts": "import _ from 'lodash';\nconst y = {;\n" }));
  expect(problems.map(({ message }) => message)).toEqual([
    "a.ts:2:12: does not parse: Unexpected token",
    expect.stringContaining('a.ts:1:15: imports "lodash", which needs package.json and package-lock.json'),
  ]);
  const [mended] = await checkSources(packageOf({ "a.ts": "import _ from 'lodash';\nconst y = _;\n" }));
  expect(mended).toEqual({
    code: "PACKAGE_INVALID",
    level: "error",
    severity: "refused",
    file: "a.ts",
    line: 1,
    message:
      'a.ts:1:15: imports "lodash", which needs package.json and package-lock.json; run npm install lodash, and push both files too',
  });
});

test("checkSources() judges all languages of a package at once", async () => {
  const problems = await checkSources(
    packageOf({ "a.mjs": "import 'missing-library';", "b.py": "import requests\n", "c.sh": "echo" }),
  );
  expect(problems.map(({ file }) => file)).toEqual(["a.mjs", "b.py"]);
});

const examples = globSync("examples/*/manifest.json", { cwd: repository }).map(dirname);
test.each(examples)("checkSources() finds nothing wrong with %s", async (folder) => {
  const names = globSync("**/*", { cwd: `${repository}${folder}`, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "secrets.json")
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(`${repository}${folder}/`.length));
  const files = names.toSorted().map((path) => ({ path, bytes: readFileSync(`${repository}${folder}/${path}`) }));
  const checked = checkContent({ files, secretsFile: undefined });
  expect([...checked.problems, ...(await checkSources(checked))]).toEqual([]);
});

test("checkSources() finds nothing wrong with this repository's own sources", async () => {
  const paths = globSync(["packages/{protocol,client,cli,platform}/src/**/*.ts"], { cwd: repository });
  const files = paths.map((path) => ({ path, bytes: readFileSync(repository + path) }));
  const steps = paths
    .filter((path) => basename(path) !== "index.ts")
    .map((script) => ({ script, name: script, env: {} }));
  const problems = await checkSources({ files, steps, manifest: undefined });
  expect(problems.filter(({ message }) => message.includes("does not parse"))).toEqual([]);
  expect(problems.filter(({ message }) => message.includes("not in the package"))).toEqual([]);
});
