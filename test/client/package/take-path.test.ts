import { expect, test } from "vitest";
import { bringsModules, judgePath, takePaths } from "../../../packages/client/src/package/take-path.ts";

test("takePaths() leaves junk out in silence, and reports what a person may miss, each folder once", () => {
  const paths = [
    "a.py",
    ".git/HEAD",
    "__MACOSX/._a.py",
    "sub/.DS_Store",
    "sub/.env",
    ".NPMRC",
    "node_modules/left/.npmrc",
    ".venv/bin/python",
    ".venv/lib/x.py",
    "sub/data.csv",
    "ef_env.json",
  ];
  expect(takePaths(paths)).toEqual({
    taken: ["a.py", "node_modules/left/.npmrc", "sub/data.csv"],
    skipped: ["sub/.env", ".NPMRC", ".venv", "ef_env.json"],
  });
});

test("takePaths() takes node_modules along unless a lock file lists what is in them", () => {
  const paths = ["a.ts", "node_modules/left/index.js", "node_modules/.bin/left", "node_modules/left/node_modules/x.js"];
  expect(takePaths(paths).taken).toEqual([paths[0], paths[1], paths[3]]);
  expect(takePaths([...paths, "package-lock.json"])).toEqual({
    taken: ["a.ts", "package-lock.json"],
    skipped: ["node_modules"],
  });
});

test("bringsModules() and judgePath() decide about one folder at a time", () => {
  expect(bringsModules(["node_modules", "a.ts"])).toBe(true);
  expect(bringsModules(["node_modules", "yarn.lock"])).toBe(false);
  expect(judgePath("sub/node_modules", true)).toBe("report");
});
