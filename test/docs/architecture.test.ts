import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { pages, repository } from "./pages.ts";

/** Pages that lead into the sources: a moved file breaks them. */
const maps = pages.filter(({ path }) =>
  /^(?:\.github\/(?:ARCHITECTURE|CONTRIBUTING)\.md|packages\/[^/]+\/README\.md|executor\/README\.md)$/.test(path),
);

/** Folders that a path starts with, from the repository's top or inside a package. */
const starts = /^(?:packages|executor|test|examples|\.github|\.ci|src)\//;
/** A path that starts elsewhere, as in `dispatch/dispatcher.ts`. */
const endings = /^[^/~].*\/[^/]+\.(?:tsx?|mjs|py|sh|sql|md|json)$/;

test("packages/, executor/ and .github/ have pages whose paths are checked", () => {
  expect(maps.map(({ path }) => path)).toContain(".github/ARCHITECTURE.md");
  expect(maps.flatMap(({ text }) => pathsIn(text)).length).toBeGreaterThan(80);
});

test(".github/ARCHITECTURE.md, CONTRIBUTING.md and the packages' README.md name only paths that exist", () => {
  const wrong = maps.flatMap(({ path, text }) =>
    pathsIn(text)
      .filter((named) => !isThere(named, dirname(path)))
      .map((named) => `${path}: ${named}`),
  );
  expect(wrong).toEqual([]);
});

/** Everything in backticks that is a path; `<name>` stands for any one name. */
function pathsIn(text: string): readonly string[] {
  return [...text.replace(/^```[^]*?^```/gm, "").matchAll(/`([^`\s]+)`/g)]
    .map(([, code = ""]) => code)
    .filter((code) => /^[\w.@*{},<>/-]+$/.test(code) && (starts.test(code) || endings.test(code)));
}

/** From the repository's top, or from the page's folder or the sources in it. A path with `*`, `{}` or `<>` has to match something. */
function isThere(named: string, folder: string): boolean {
  const pattern = named.replaceAll(/<[^>]*>/g, "*").replace(/\/$/, "");
  return ["", folder, join(folder, "src")].some((base) =>
    /[*{]/.test(pattern)
      ? globSync(join(base, pattern), { cwd: repository }).length > 0
      : existsSync(join(repository, base, pattern)),
  );
}
