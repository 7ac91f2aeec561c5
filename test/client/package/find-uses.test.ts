import * as fc from "fast-check";
import { expect, test } from "vitest";
import { findUses, isVendored } from "../../../packages/client/src/package/find-uses.ts";

const names = (path: string, text: string): readonly string[] =>
  findUses(path, text).map(({ name, kind, line }) => `${kind} ${name}:${line}`);

test.each([
  ["a.ts", 'getSecret("DB")', ["get DB:1"]],
  ["a.ts", "context.secrets.get('DB.pass-1')", ["get DB.pass-1:1"]],
  ["a.mjs", "\n\nawait context.secrets?.get(\n  `DB`,\n)", ["get DB:3"]],
  ["a.ts", 'secrets.set("OUT", 1, "project"); secrets.set({ name: "OUT2", value })', ["set OUT:1", "set OUT2:1"]],
  ["a.py", 'x = get_secret("A"); y = context.secrets.get(name="B")', ["get A:1", "get B:1"]],
  ["a.py", "context.secrets.set(name='C', value=1, context='project')", ["set C:1"]],
  ["a.py", 'subprocess.run(["sealrun-context", "get", "D"])', ["get D:1"]],
  ["a.sh", 'x=$(sealrun-context get A)\r\nsealrun-context get "B.c" | sha256sum', ["get A:1", "get B.c:2"]],
  ["a.sh", "sealrun-context set ROTATED --scope project", ["set ROTATED:1"]],
  ["a.sh", "node -e 'getSecret(\"IN_NODE\")'", ["get IN_NODE:1"]],
])("findUses() finds the names that %s asks for in %j", (path, text, expected) =>
  expect(names(path, text)).toEqual(expected),
);

test.each([
  ["a.ts", 'getSecret("DB_" + stage); getSecret(name); getSecret(`DB_${stage}`)'],
  ["a.py", 'get_secret(f"DB_{stage}"); get_secret("DB_%s" % stage); state.get("DB")'],
  ["a.sh", 'sealrun-context get "$name"; sealrun-context get DB_$stage; sealrun-context get DB_${stage}'],
  ["a.ts", 'context.state.get("DB"); forgetSecret("DB"); getSecret("not a name")'],
])("findUses() passes over names that %s computes, and other calls: %j", (path, text) =>
  expect(names(path, text)).toEqual([]),
);

test.each([
  ["a.py", '  # get_secret("OLD")\nget_secret("NEW")'],
  ["a.sh", "# sealrun-context get OLD\nsealrun-context get NEW"],
  ["a.ts", '/*\n * getSecret("OLD")\n */ \n  // getSecret("OLD")\ngetSecret("NEW")'],
])("findUses() passes over the comment lines of %s", (path, text) =>
  expect(findUses(path, text).map(({ name }) => name)).toEqual(["NEW"]),
);

test.each(["readme.md", "node_modules/pg/index.js", "lib/node_modules/a/b.ts", "config.json", "types.d.ts"])(
  "findUses() does not read %s, which is no script of the package's own",
  (path) => expect(findUses(path, 'getSecret("DB")')).toEqual([]),
);

test("isVendored() knows installed code from the package's own", () => {
  expect(["node_modules/a.js", "wheels/a.whl", "lib/a.js", "my_node_modules/a.js"].map(isVendored)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("findUses() gives the line of a call at any position, in any text", () => {
  const lines = fc.array(fc.string().filter((text) => !/[\n"'`]|secret|context/i.test(text)));
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const text = [...before, 'getSecret("THE_ONE")', ...after].join("\n");
      expect(findUses("a.ts", text)).toEqual([{ name: "THE_ONE", kind: "get", line: before.length + 1 }]);
    }),
  );
});
