import { findDependencies } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { bytesOf, refusalOf } from "../../support/refusal.ts";

function find(files: Readonly<Record<string, string>>): ReturnType<typeof findDependencies> {
  return findDependencies(Object.keys(files), (path) => {
    const text = files[path];
    return text === undefined ? undefined : bytesOf(text);
  });
}

test("findDependencies() prefers an uploaded node_modules to any lock file", () => {
  const found = find({ "package.json": `{"dependencies":{"a":"1"}}`, "node_modules/a/index.js": "" });
  expect(found).toEqual({ node: { kind: "vendored" } });
});

test("findDependencies() finds requirements and the wheels beside them", () => {
  const found = find({
    "requirements.txt": "a==1",
    "wheels/a-1-py3-none-any.whl": "",
    "wheels/old/b.whl": "",
    "c.whl": "",
  });
  expect(found.node).toBeUndefined();
  expect(found.python).toMatchObject({ wheels: ["wheels/a-1-py3-none-any.whl"] });
});

test("findDependencies() looks only at the top of the package", () => {
  expect(find({ "web/package.json": `{"dependencies":{"a":"1"}}`, "jobs/requirements.txt": "requests" })).toEqual({});
});

test("findDependencies() refuses dependencies that cannot be installed", () => {
  expect(refusalOf(() => find({ "package.json": `{"dependencies":{"a":"1"}}` })).code).toBe("PACKAGE_INVALID");
  expect(refusalOf(() => find({ "requirements.txt": "requests" })).code).toBe("PACKAGE_INVALID");
});
