import { expect, test } from "vitest";
import { shipped, type Source, tests } from "./sources.ts";

/** A route, a command, a file, a call, or what each() fills in. */
const subject = new RegExp(
  [
    "^[a-zA-Z_$][\\w$]*(?:\\.[\\w$]+)*\\(\\)", // pickScope(), context.secrets.get()
    "^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\\b",
    "^(?:sealrun|npm)\\b",
    "^[\\w-]+(?:\\.[\\w-]+)+\\b", // context.secrets, envelope-key.json
    "^\\.?(?:[\\w.@-]+/)+", // packages/sdk, test/vectors/
    "^[A-Z]+(?:_[A-Z0-9]+)+\\b", // SEALRUN_ENV
    "^/(?:[\\w:?=.%-]+/?)*(?= )", // /executions/:id, a page of the web UI
    "^vite build\\b",
    "^(?:nats-server|PostgreSQL)\\b", // a server that test/faults treats badly
    "^[%$][\\w.]+",
  ].join("|"),
);

/** What the sources export: a test may start with such a name alone. */
const symbols = new Set(
  shipped.flatMap(({ code }) =>
    [...code.matchAll(/^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm)].map(([, name]) => name),
  ),
);

function startsWell(name: string): boolean {
  return subject.test(name) || symbols.has(/^\w+/.exec(name)?.[0]);
}

test("test/ names a symbol, a route, a command or a file first in every test", () => {
  // Tests of the whole platform name what they attack or use instead.
  const mirrored = tests.filter(({ path }) => !path.startsWith("test/whole/"));
  const wrong = mirrored.flatMap((file) =>
    namesIn(file)
      .filter((name) => !startsWell(name))
      .map((name) => `${file.path}: ${name}`),
  );
  expect(wrong).toEqual([]);
});

test("test/ has no two tests of one name in a file", () => {
  const alike = tests.flatMap((file) =>
    namesIn(file)
      .filter((name, index, names) => names.indexOf(name) !== index)
      .map((name) => `${file.path}: ${name}`),
  );
  expect(alike).toEqual([]);
});

const opening =
  /^(\s*)(?:\]\)|(?:describe|test|it)(?:\.\w+)*(?:<[^(]*>)?(?:\((?!["'`]).*\))?)\(\s*(["'`])((?:\\.|(?!\2).)*)\2/;

/** The whole names of a file's tests, with those of the groups around them; groups are told by their indentation. */
function namesIn(file: Source): readonly string[] {
  const open: { readonly depth: number; readonly name: string }[] = [];
  const names: string[] = [];
  let group = false;
  for (const line of joinedLines(file.code)) {
    const [, indent = "", , name = ""] = opening.exec(line) ?? [];
    if (/^\s*(?:describe|test|it)\b/.test(line)) group = /^\s*describe\b/.test(line);
    if (!opening.test(line)) continue;
    while ((open.at(-1)?.depth ?? -1) >= indent.length) open.pop();
    if (group) open.push({ depth: indent.length, name });
    else names.push([...open.map((outer) => outer.name), name].join(" "));
  }
  return names;
}

/** Lines, with a name that the formatter put on a line of its own drawn up to its call. */
function joinedLines(code: string): readonly string[] {
  return code.replace(/\(\n\s*(["'`])/g, "($1").split("\n");
}
