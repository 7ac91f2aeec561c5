import { expect, test } from "vitest";
import { loadScriptParser } from "../../../../packages/client/src/package/sources/parse-script.ts";

const parse = await loadScriptParser();

test.each([
  ["a.ts", "const x: number = ;", 1, 19, "Unexpected token"],
  ["a.ts", "\n\nlet x = {", 3, 10, "Unexpected token"],
  ["a.js", "const x: number = 1;", 1, 8, "Unexpected token"],
  ["a.mjs", 'const x = "open', 1, 11, "Unterminated string constant"],
])("loadScriptParser() says where %s does not parse: %j", (path, text, line, column, reason) => {
  expect(parse(path, text)).toEqual({ kind: "broken", line, column, reason, imports: [] });
});

test.each([
  ["a.ts", "const f = <T>(x: T) => x; f<number>(1); type A = typeof import('x');"],
  ["a.tsx", "const f = <T,>(x: T) => <b>{x}</b>;"],
  ["a.ts", "using x = y(); let z = <any>x; abstract class A { abstract b(): void; declare c: number }"],
  ["a.ts", "function f(x: string): void; function f(x: number): void; function f(x: any) {}"],
  ["a.cjs", "with (x) { y } var yield = 010;"],
  ["a.js", "import x from './x.json' with { type: 'json' };"],
  ["a.js", "@d class A { static { this.x = 1; } #p; has(o) { return #p in o; } }"],
])("loadScriptParser() reads %s: %j", (path, text) => {
  expect(parse(path, text).kind).toBe("parsed");
});
