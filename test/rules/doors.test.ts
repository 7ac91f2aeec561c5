import { posix } from "node:path";
import { expect, test } from "vitest";
import { importsOf } from "./imports.ts";
import { shipped, type Source } from "./sources.ts";

const byPath = new Map(shipped.map((source) => [source.path, source]));
const doors = shipped.filter(({ path }) => /^(?:packages\/[^/]+|executor)\/src\/index\.ts$/.test(path));

test.each(doors.map(({ path }) => path))("%s documents every name that it exports", (path) => {
  const undocumented = exportsOf(path).filter(({ source, name }) => !isDocumented(source, name));
  expect(undocumented.map(({ source, name }) => `${name} in ${source.path}`)).toEqual([]);
});

test("index.ts is imported by nobody inside its package", () => {
  const inside = shipped.filter((source) => importsOf(source).some(({ from }) => /^(?:\.\.?\/)+index\.ts$/.test(from)));
  expect(inside.map(({ path }) => path)).toEqual([]);
});

test("packages/ and executor/ reach each other through doors alone", () => {
  const around = shipped.filter(
    (source) => importsOf(source).some(({ from }) => /^@sealrun\/[^/]+\//.test(from)) || leavesPackage(source),
  );
  expect(around.map(({ path }) => path)).toEqual([]);
});

interface Exported {
  readonly name: string;
  readonly source: Source;
}

/** The names that a door lists, each with the file that declares it. */
function exportsOf(door: string): readonly Exported[] {
  const { code } = byPath.get(door) ?? { code: "" };
  return [...code.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)";/gm)].flatMap(([, list = "", from = ""]) => {
    const source = byPath.get(posix.join(posix.dirname(door), from));
    if (source === undefined) return [];
    const names = list.split(",").map((item) =>
      item
        .trim()
        .replace(/^type /, "")
        .replace(/ as .*$/, ""),
    );
    return names.filter((name) => name !== "").map((name) => ({ name, source }));
  });
}

/** A comment ends on the line above the declaration; a type made of a schema is documented with the schema. */
function isDocumented({ path, text }: Source, name: string): boolean {
  // What a file passes on is declared in another one of its package.
  if (text.includes(`export { ${name} };`)) {
    return shipped.some(
      (other) => other.path !== path && topOf(other.path) === topOf(path) && isDocumented(other, name),
    );
  }
  const lines = text.split("\n");
  const declaration = new RegExp(`^export (?:async )?(?:function\\*?|const|class|interface|type) ${name}\\b`);
  const at = lines.findIndex((line) => declaration.test(line));
  if (at === -1) return false;
  if (/^export type \w+ = z\.(?:infer|output|input)</.test(lines[at] ?? "")) return true;
  return (lines[at - 1] ?? "").trimEnd().endsWith("*/");
}

function topOf(path: string): string {
  return path.slice(0, path.indexOf("/src/") + "/src/".length);
}

function leavesPackage(source: Source): boolean {
  const { path } = source;
  return importsOf(source).some(
    ({ from }) => from.startsWith(".") && !posix.join(posix.dirname(path), from).startsWith(topOf(path)),
  );
}
