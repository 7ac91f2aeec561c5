import { expect, test } from "vitest";
import { findIn, shipped, type Source, testFiles } from "./sources.ts";

interface Rule {
  readonly what: string;
  readonly pattern: RegExp;
  /** Files to which it does not apply, each with a reason beside it. */
  readonly except: readonly RegExp[];
}

/** Not in the build: test builds are told by variables where they die. */
const faults = /^packages\/faults\/src\/on\.ts$/;
const sdk = /^packages\/sdk\/src\//; // imports nothing, so it has its own decoder, error and local mode

const rules: readonly Rule[] = [
  {
    what: "JSON.parse: outside bytes are read by decode() of the protocol",
    pattern: /\bJSON\.parse\(/,
    except: [/^packages\/protocol\/src\/text\/decode\.ts$/, sdk],
  },
  {
    what: "process.env: it is read once, where a program starts",
    pattern: /\bprocess\.env\b/,
    except: [/\/config\.ts$/, /\/main\.ts$/, sdk, faults],
  },
  {
    what: "a bare Error: every failure has a code of the table",
    pattern: /\bnew Error\(/,
    except: [],
  },
  {
    what: "a star export: a door lists its names",
    pattern: /^export \*/,
    except: [],
  },
  {
    what: "a default export",
    pattern: /^export default\b/,
    except: [],
  },
  {
    what: "any, or a cast other than as const",
    pattern: /: any\b|<any>|\bas any\b|\bas unknown as\b/,
    except: [],
  },
  {
    what: "a loose end: it is an issue instead",
    pattern: /\b(?:TODO|FIXME)\b/,
    except: [],
  },
  {
    what: "execa's own start, or an inherited environment: startProgram() gives a program only what it is told",
    pattern: /\bextendEnv\b|^import \{[^}]*\bexeca\b/,
    except: [/^executor\/src\/child\/start-program\.ts$/, /^packages\/cli\/src\/setup\/run-program\.ts$/],
  },
  {
    what: "a query past the database adapter",
    pattern: /\.query\(/,
    except: [/^packages\/postgres\/src\//],
  },
];

test.each(rules)("packages/ and executor/ are free of $what", ({ pattern, except }) => {
  expect(findIn(outside(shipped, except), pattern)).toEqual([]);
});

/** Statements of SQL; the words between `select` and `from` may be on several lines. */
const sql =
  /["'`\s](?:insert\s+into\s+\w+\s*[($]|delete\s+from\s+\w+|update\s+\w+(?:\s\w+)?\s+set\s+\w+\s*=|select\s[^;"'`]{0,600}?\sfrom\s+\w+\s)/;

test("packages/ and executor/ have SQL in stores and adapters of the database only", () => {
  const files = outside(shipped, [/(?:^|[/-])store\.ts$/, /\/postgres\//]);
  expect(files.filter(({ code }) => sql.test(code)).map(({ path, code }) => `${path} ${sql.exec(code)?.[0]}`)).toEqual(
    [],
  );
});

test("forbidden.test.ts finds SQL on several lines, and not in a sentence", () => {
  for (const statement of ["`\n select a,\n b\n from x where", "`insert into\n t (a)", '"update t x set a = 1"']) {
    expect(sql.test(statement), statement).toBe(true);
  }
  expect(sql.test('"select the files of a package"')).toBe(false);
});

test("packages/ and executor/ suppress a check at most five times, each with its reason", () => {
  const found = shipped.flatMap(({ path, text }) =>
    text
      .split("\n")
      .filter((line) => /oxlint-disable|@ts-(?:ignore|expect-error)/.test(line))
      .map((line) => `${path} ${line.trim()}`),
  );
  expect(found.filter((line) => !/ -- \S/.test(line))).toEqual([]);
  expect(found.length).toBeLessThanOrEqual(5);
});

/** What holds state that outlives a call, each with its reason. */
const statefulClasses: readonly string[] = [];

test("packages/ and executor/ have classes for errors and lasting state alone", () => {
  const found = findIn(shipped, /^(?:export )?(?:abstract )?class (?!\w+ extends \w*Error\b)/);
  expect(found.filter((line) => !statefulClasses.some((path) => line.startsWith(path)))).toEqual([]);
});

test("packages/sdk imports nothing but Node and itself", () => {
  const files = shipped.filter(({ path }) => sdk.test(path));
  expect(findIn(files, /\bfrom "(?!node:|\.\/)|\bimport "(?!node:|\.\/)|\bimport\(/)).toEqual([]);
});

test("packages/protocol imports zod alone", () => {
  const files = shipped.filter(({ path }) => path.startsWith("packages/protocol/"));
  expect(findIn(files, /\bfrom "(?!zod"|\.\.?\/)/)).toEqual([]);
});

test("test/ talks to real parts, and skips nothing", () => {
  const others = testFiles.filter(({ path }) => !path.startsWith("test/rules/"));
  expect(findIn(others, /\bvi\.(?:mock|spyOn|fn|stubGlobal)\b/)).toEqual([]);
  expect(findIn(others, /\b(?:test|it|describe)\.(?:skip|only|todo|skipIf|runIf)\b/)).toEqual([]);
});

function outside(files: readonly Source[], except: readonly RegExp[]): readonly Source[] {
  return files.filter(({ path }) => !except.some((allowed) => allowed.test(path)));
}
