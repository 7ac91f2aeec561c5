import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { pages, repository, withoutCode } from "./pages.ts";

const links = pages.flatMap(({ path, text }) =>
  [...withoutCode(text).matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(({ groups }) => ({
    path,
    target: groups?.["target"] ?? "",
  })),
);
const own = links.filter(({ target }) => !/^[a-z]+:/.test(target));

test("packages/docs, README.md and .github/ link to files that exist", () => {
  expect(own.length).toBeGreaterThan(30);
  expect(own.filter(({ path, target }) => !existsSync(fileOf(path, target)))).toEqual([]);
});

test("packages/docs, README.md and .github/ link to headings that exist", () => {
  const wrong = own.filter(({ path, target }) => {
    const [, anchor] = target.split("#");
    return anchor !== undefined && !headingsOf(fileOf(path, target)).includes(anchor);
  });
  expect(wrong).toEqual([]);
});

test("packages/docs/README.md links to every guide and reference page", () => {
  const listed = own
    .filter(({ path }) => path === "packages/docs/README.md")
    .map(({ target }) => `packages/docs/${target}`);
  const guides = pages.map(({ path }) => path).filter((path) => path.startsWith("packages/docs/"));
  expect(guides.filter((path) => path !== "packages/docs/README.md" && !listed.includes(path))).toEqual([]);
});

function fileOf(path: string, target: string): string {
  const [file = ""] = target.split("#");
  return file === "" ? `${repository}${path}` : join(repository, dirname(path), file);
}

/** The anchors that code hosts make from headings. */
function headingsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8").replace(/^```[^]*?^```/gm, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}
