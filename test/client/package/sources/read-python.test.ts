import { expect, test } from "vitest";
import { readPythonImports } from "../../../../packages/client/src/package/sources/read-python.ts";

const read = (text: string): readonly string[] =>
  readPythonImports(text).map(
    ({ module, names, line }) => `${line} ${module}${names.length === 0 ? "" : ` ${names.join(",")}`}`,
  );

test.each<[text: string, found: readonly string[]]>([
  ["import os", ["1 os"]],
  ["import os, sys as s , a.b.c\n", ["1 os", "1 sys", "1 a.b.c"]],
  ["from a.b import c as d, e", ["1 a.b c,e"]],
  ["from . import x\nfrom ..lib.y import z", ["1 . x", "2 ..lib.y z"]],
  ["from a import (  # comment )\n  b,\n  c as d,\n)\nimport e", ["1 a b,c,", "5 e"]],
  ["from a import \\\n  b\nimport c", ["1 a b", "3 c"]],
  ["import a; import b ; x = 1", ["1 a", "1 b"]],
  ["import a\r\nimport b\r\n", ["1 a", "2 b"]],
  ["from a import *", ["1 a *"]],
  ["import größe", ["1 größe"]],
])("readPythonImports() reads %j", (text, found) => {
  expect(read(text)).toEqual(found);
});

test.each([
  "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n",
  "try: import yaml\nexcept ImportError: yaml = None",
  "if TYPE_CHECKING:\n    from requests import Session\n",
  "def f():\n    import requests\n",
  '"""\nimport requests\n"""',
  "text = '''\nimport requests\n'''",
  'x = "\\"\\\nimport a"',
  "# import requests",
  "x = [\nimport_,\n]\n(\nimport\n)",
  "imports = 1\nimport_x()",
  "importlib.import_module('x')",
  "from x",
  "import 1a",
  "import",
  "x = r'\\'\nimport_ = 1",
])("readPythonImports() finds none in %j", (text) => {
  expect(read(text)).toEqual([]);
});

test("readPythonImports() goes on after strings of every form", () => {
  const text = [
    "a = 'it''s'",
    'b = f"{x!r:>{width}} # not a comment"',
    "c = rb'\\x00\\\\'",
    "d = '''one",
    "two \\''' three",
    "'''",
    "e = 'not closed",
    "import last",
  ].join("\n");
  expect(read(text)).toEqual(["8 last"]);
});

test("readPythonImports() takes time in proportion to the text", () => {
  for (const part of ["'", '"""', "(", "\\\n", "#", "import a,", "from . import (", ";"]) {
    expect(read(part.repeat(100_000)).length).toBeLessThanOrEqual(100_000);
  }
});
