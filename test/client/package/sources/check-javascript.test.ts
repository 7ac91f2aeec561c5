import { beforeAll, describe, expect, test } from "vitest";
import { checkJavaScript } from "../../../../packages/client/src/package/sources/check-javascript.ts";
import { loadScriptParser, type ScriptParser } from "../../../../packages/client/src/package/sources/parse-script.ts";
import { packageOf } from "./package-of.ts";

let parse: ScriptParser;
beforeAll(async () => {
  parse = await loadScriptParser();
});
const problemsOf = (files: Readonly<Record<string, string>>, steps?: readonly string[]): readonly string[] =>
  checkJavaScript(packageOf(files, steps), parse).map(({ message }) => message);

const integrity = `sha512-${"A".repeat(86)}==`;
/** A package.json and its lock file with these packages. */
const locked = (...names: readonly string[]): Readonly<Record<string, string>> => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, "1.0.0"])) }),
  "package-lock.json": JSON.stringify({
    lockfileVersion: 3,
    packages: {
      "": {},
      ...Object.fromEntries(names.map((name) => [`node_modules/${name}`, { version: "1.0.0", integrity }])),
      "node_modules/indirect": { version: "1.0.0", integrity },
      "node_modules/only-dev": { version: "1.0.0", integrity, dev: true },
    },
  }),
});

describe("checkJavaScript(), of what is right", () => {
  test.each<[what: string, files: Readonly<Record<string, string>>, steps?: readonly string[]]>([
    [
      "modules of Node, with and without node:",
      { "a.ts": "import fs from 'fs'; import 'node:test'; import p from 'fs/promises'; fs; p;" },
    ],
    ["the SDK", { "a.mjs": "import { getSecret } from '@sealrun/sdk';" }],
    [
      "imports of types",
      { "a.ts": "import type { A } from 'pg'; import { type B } from './gone.ts'; export type { C } from 'c';" },
    ],
    [
      "imports that are used only as types",
      { "a.ts": "import { Row } from './gone'; const x = (r: Row): Row => r as Row; x;" },
    ],
    [
      "a name that is also declared",
      { "a.ts": "import { Row } from 'pg'; function f(Row: number) { return Row; } f(1);" },
    ],
    [
      "a guarded import",
      {
        "a.ts": "try { await import('chalk'); } catch {} import('ora').catch(() => 0); try { require('x'); } catch {}",
      },
    ],
    [
      "imports that Node reaches later",
      { "a.mjs": "if (process.argv[3]) await import('chalk');", "b.cjs": "function f() { require('x'); }" },
    ],
    [
      "a require that Node reaches later, beside a lock file",
      { "a.ts": "function f() { return require('x'); } f;", "b.cjs": "if (f) require('x');", ...locked("pg") },
    ],
    [
      "a require of its own",
      {
        "a.ts":
          "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); require('x');",
      },
    ],
    ["computed names", { "a.ts": "await import('./' + process.env.X); require(String(1));" }],
    [
      "libraries of the lock file",
      {
        ...locked("pg", "@scope/b"),
        "a.ts": "import pg from 'pg'; import x from '@scope/b/deep.js'; import 'indirect'; pg; x;",
      },
    ],
    ["a vendored library", { "a.ts": "import pg from 'pg'; pg;", "node_modules/pg/index.js": "import 'inner';" }],
    ["a library beside a module", { "lib/a.mjs": "import 'pg';", "lib/node_modules/pg/index.js": "" }, ["lib/a.mjs"]],
    [
      "a name of tsconfig.json",
      {
        "a.ts": "import { x } from '@/lib/x'; x;",
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./*"]}}}',
      },
    ],
    [
      "the package's own name",
      { "a.mjs": "import 'mine/x';", "package.json": '{"name": "mine", "exports": {"./x": "./x.js"}}' },
    ],
    [
      "private names and addresses",
      { "a.mjs": "import '#lib'; import 'data:text/javascript,1'; import 'https://example.com/x.js';" },
    ],
    [
      "endings that the compiler adds",
      {
        "a.ts": "import './lib'; import './b.js'; import './c'; import './d.json';",
        "lib/index.ts": "",
        "b.ts": "",
        "c.mts": "",
        "d.json": "{}",
      },
    ],
    ["a folder with its own package.json", { "a.ts": "import './lib';", "lib/package.json": '{"main": "x.js"}' }],
    ["a path with a query", { "a.mjs": "import './x.js?fresh';" }],
    [
      "a file that an earlier step writes",
      { "a.sh": "echo 'export default 1' > made.mjs", "b.mjs": "import x from './made.mjs';" },
    ],
    ["packages that a step installs", { "a.sh": "npm ci\n", "b.mjs": "import 'pg';" }],
    ["a loader on the first line", { "a.mjs": "#!/usr/bin/env -S node --import=tsx\nimport './x';" }],
    ["files that no step loads", { "a.ts": "", "draft/b.ts": "const = ;" }],
    [
      "decorators and parameter properties",
      {
        "a.ts":
          "@d class A { constructor(private readonly x: number, @p y: string) {} accessor z = 1; } declare const d: any, p: any;",
      },
    ],
    ["JSX", { "a.ts": "import './b.tsx';", "b.tsx": "export const x = <div>{1}</div>;" }],
    ["top-level await and return", { "a.js": "await 1; if (0) { return; }", "b.cjs": "return;" }],
    [
      "a first line and a byte order mark",
      { "a.ts": "#!/usr/bin/env tsx\nlet x: number = 1; x;", "b.mjs": "\ufefflet x;" },
    ],
    [
      "enums, namespaces and import equals",
      { "a.ts": "enum E { A } namespace N { export const x = 1; } import fs = require('fs'); fs; E; N;" },
    ],
  ])("checkJavaScript() accepts %s", (_what, files, steps) => {
    expect(problemsOf(files, steps)).toEqual([]);
  });
});

describe("checkJavaScript(), of what fails every run", () => {
  test.each<[files: Readonly<Record<string, string>>, sentence: string]>([
    [{ "a.ts": "\nconst y = {;" }, "a.ts:2:12: does not parse: Unexpected token"],
    [{ "a.mjs": "let x = 1 2;" }, "a.mjs:1:10: does not parse: Missing semicolon"],
    [{ "a.ts": "import { x } from './lib/b.ts'; x;", "lib/b.ts": "const;" }, "lib/b.ts:1:6: does not parse"],
    [{ "a.ts": "import { x } from './b'; x;" }, 'a.ts:1:19: imports "./b", which is not in the package; add the file'],
    [{ "a.ts": "import { x } from '../b'; x;" }, 'imports "../b", which is not in the package'],
    [{ "a.mjs": "import { x } from './b';", "b.mjs": "" }, 'Node takes the whole name of a file: "b.mjs"'],
    [{ "a.ts": "export * from 'lodash';" }, 'imports "lodash", which needs package.json and package-lock.json'],
    [{ "a.ts": "import x from 'lodash/fp'; x();" }, 'imports "lodash/fp", which needs package.json'],
    [{ "a.ts": "const x = require('lodash'); x;" }, 'imports "lodash"'],
    [{ "a.ts": "import x = require('lodash'); x;" }, 'imports "lodash"'],
    [{ "a.ts": "const x = await import('lodash'); x;" }, 'imports "lodash"'],
    [{ "a.cjs": "const x = require('lodash');" }, 'a.cjs:1:19: imports "lodash"'],
    [{ "a.cjs": "const x = require('lodash');", ...locked("pg") }, "which is not in package-lock.json"],
    [{ "a.ts": "const x = require('lodash'); x;", ...locked("pg") }, "which is not in package-lock.json"],
    [
      { ...locked("pg"), "a.ts": "import x from 'lodash'; x;" },
      "which is not in package-lock.json; run npm install lodash, and push both files again",
    ],
    [{ ...locked("pg"), "a.mjs": "import x from 'only-dev';" }, "which is not in package-lock.json"],
    [
      { "package.json": '{"devDependencies": {"chalk": "1"}}', "a.mjs": "import 'chalk';" },
      "which is only in devDependencies, and these are not installed; move it to dependencies",
    ],
    [{ "a.mjs": "import 'pg';", "node_modules/other/index.js": "" }, "which is not in node_modules"],
    [{ "a.mjs": "import './secrets.json';" }, 'imports "./secrets.json"'],
  ])("checkJavaScript() refuses %j", (files, sentence) => {
    expect(problemsOf(files)).toEqual([expect.stringContaining(sentence)]);
  });

  test("checkJavaScript() gives a mistake of a shared module once", () => {
    const files = { "a.ts": "import './c.ts';", "b.ts": "import './c.ts';", "c/x.ts": "", "a/c.ts": "" };
    expect(problemsOf({ ...files, "c.ts": "const;" }, ["a.ts", "b.ts"])).toHaveLength(1);
  });

  test("checkJavaScript() leaves a broken lock file to its own problem", () => {
    expect(problemsOf({ "package.json": '{"dependencies": {"pg": "1"}}', "a.ts": "import pg from 'pg'; pg;" })).toEqual(
      [],
    );
  });
});

describe("checkJavaScript(), of large and odd packages", () => {
  test("checkJavaScript() does not parse what is too large, and says so", () => {
    const large = `const name = "${"x".repeat(980)}";\n`.repeat(10_000);
    expect(problemsOf({ "a.mjs": "import './large.mjs';", "large.mjs": large })).toEqual(
      problemsOf({ "a.mjs": large.slice(0, 2_000_000) }).map((message) => message.replace("a.mjs", "large.mjs")),
    );
    const many = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`${index}.mjs`, `const name = "${"x".repeat(980)}";\n`.repeat(1_000)]),
    );
    expect(problemsOf(many)).toEqual([
      "2.mjs and 6 more: too large to be checked for syntax and imports; at most 1 MiB of one file and 2 MiB in all are read",
    ]);
  });

  test("checkJavaScript() survives sources that are nested deeply, and bytes that are no text", () => {
    expect(problemsOf({ "a.mjs": `${"(".repeat(200_000)}1${")".repeat(200_000)}` })).toHaveLength(1);
    expect(problemsOf({ "a.mjs": `x${".y()".repeat(50_000)};` })).toEqual([]);
    expect(problemsOf({ "a.mjs": "\0\ufffd" })).toEqual([expect.stringContaining("does not parse")]);
  });

  test("checkJavaScript() follows 5,000 modules", () => {
    const files = Object.fromEntries(
      Array.from({ length: 4_999 }, (_, index) => [`lib/m${index}.ts`, `import "./m${index + 1}.ts";`]),
    );
    expect(problemsOf({ "a.ts": "import './lib/m0.ts';", ...files })).toEqual([
      expect.stringContaining('lib/m4998.ts:1:8: imports "./m4999.ts"'),
    ]);
  });
});
