import { expect, test } from "vitest";
import { isNode } from "../../../../packages/client/src/package/sources/read-imports.ts";
import { loadScriptParser } from "../../../../packages/client/src/package/sources/parse-script.ts";

const parse = await loadScriptParser();
const importsOf = (path: string, text: string): readonly string[] => {
  const parsed = parse(path, text);
  if (parsed.kind !== "parsed") throw new TypeError(`${path} does not parse`);
  return parsed.imports.map(({ specifier, how }) => `${how} ${specifier}`);
};

test("readImports() gives every form of an import in the order of the text", () => {
  const text = `import a from "a"; import "b"; export { c } from "c"; export * from "d";
    await import("e"); require("f"); import g = require("g"); a; g;`;
  const found = ["static a", "static b", "static c", "static d", "dynamic e", "require f", "static g"];
  expect(importsOf("a.ts", text)).toEqual(found);
});

test.each<[path: string, text: string, found: readonly string[]]>([
  ["a.ts", 'import type { A } from "a"; import { type B } from "b"; export type { C } from "c";', []],
  ["a.ts", 'import { A } from "a"; let x: A; function f<T extends A>(y: A): A { return y as A; }', []],
  ["a.ts", 'import { A } from "a"; class B extends A {}', ["static a"]],
  ["a.ts", 'import { A } from "a"; class B implements A {}', []],
  ["a.ts", 'import { A } from "a"; const x = { A };', ["static a"]],
  ["a.ts", 'import { A } from "a"; x.A; const y = { A: 1 };', []],
  ["a.ts", 'import { A } from "a"; x[A];', ["static a"]],
  ["a.ts", 'import { A } from "a"; export { A };', ["static a"]],
  ["a.ts", 'import { A } from "a"; const { A: b, c: [A] } = x;', []],
  ["a.ts", 'import { A } from "a"; <string>A;', ["static a"]],
  ["a.tsx", 'import { A } from "a"; <A />;', ["static a"]],
  ["a.mjs", 'import { unused } from "a";', ["static a"]],
  ["a.ts", 'import { A } from "a"; declare const A: number; declare module "b" { export { A } }', []],
  ["a.ts", "import(name); require(name, 1); require(`x`);", []],
])("readImports() of %s %j", (path, text, found) => {
  expect(importsOf(path, text)).toEqual(found);
});

test.each([
  ["try { await import('x') } catch {}", true, true],
  ["import('x').catch(f)", true, false],
  ["try {} catch { import('x') }", false, true],
  ["import('x')", false, false],
  ["const f = () => import('x')", false, true],
  ["a && import('x')", false, true],
])("readImports() says of %j whether it may fail and may be skipped", (text, isGuarded, isConditional) => {
  const parsed = parse("a.mjs", text);
  expect(parsed).toMatchObject({ imports: [{ isGuarded, isConditional }] });
});

test("isNode() is true for objects", () => {
  expect([isNode({}), isNode(null), isNode("x")]).toEqual([true, false, false]);
});
