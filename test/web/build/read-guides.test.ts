import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Guides, readGuides } from "../../../packages/web/build/read-guides.ts";
import { repository } from "../../docs/pages.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-guides-"));
});

afterEach(async () => rm(folder, { recursive: true, force: true }));

test("readGuides() reads every guide of packages/docs, and none of their links is broken", async () => {
  const { entries, guides, sections, broken } = await readGuides(`${repository}packages/docs`);
  expect(broken).toEqual([]);
  expect(entries.map(({ name }) => name)).toEqual(guides.map(({ name }) => name));
  expect(entries[0]).toMatchObject({ name: "start", group: "Start" });
  expect(entries.find(({ name }) => name === "coming-from/kestra")).toMatchObject({ group: "Coming from" });
  expect(entries.find(({ name }) => name === "reference/cli")).toMatchObject({ group: "Reference", title: "Commands" });
  expect(entries.every(({ title, description }) => title !== "" && description !== "")).toBe(true);
  expect(sections.find(({ guide, id }) => guide === "secrets" && id === "masking")?.text).toContain("mask");
});

test("readGuides() keeps each form of text as itself", async () => {
  const { guides } = await read({
    "one.md":
      "# One\n\nSome `code`, **strong**, *soft* and [a link](deep/two.md#part-1).\n\n```ts\nlet a = 1;\n```\n\n1. first\n   - inner\n\n| a | b \\| c |\n|---|---|\n| `x` | <y |\n",
    "deep/two.md": "# Two\n\n## Part 1\n\nBack to [one](../one.md), [front](../README.md), [file](../../../LICENSE).\n",
    "README.md": "# Guides\n",
  });
  const [, one] = guides.toSorted((a, b) => b.name.localeCompare(a.name)).toReversed();
  expect(one).toMatchObject({ name: "one", title: "One" });
  expect(one?.blocks).toMatchObject([
    {
      kind: "paragraph",
      parts: [
        { kind: "text", text: "Some " },
        { kind: "code", text: "code" },
        { kind: "text" },
        { kind: "strong", parts: [{ kind: "text", text: "strong" }] },
        { kind: "text" },
        { kind: "emphasis" },
        { kind: "text" },
        { kind: "link", to: { kind: "guide", guide: "deep/two", heading: "part-1" } },
        { kind: "text", text: "." },
      ],
    },
    { kind: "code", language: "ts", text: "let a = 1;" },
    { kind: "list", isOrdered: true, items: [[{ kind: "paragraph" }, { kind: "list", isOrdered: false }]] },
    { kind: "table", head: [[{ text: "a" }], [{ text: "b | c" }]], rows: [[[{ text: "x" }], [{ text: "<y" }]]] },
  ]);
  const links = guides.find(({ name }) => name === "deep/two")?.blocks[1];
  expect(links).toMatchObject({
    parts: [
      {},
      { to: { kind: "guide", guide: "one" } },
      {},
      { to: { kind: "index" } },
      {},
      { to: { kind: "file", path: "LICENSE" } },
      {},
    ],
  });
});

test("readGuides() names each link to a guide or a heading that is not there", async () => {
  const { broken } = await read({
    "README.md": "# Guides\n\n[gone](gone.md) [one](one.md)\n",
    "one.md": "# One\n\n## Here\n\n[fine](#here) [no](#there)\n\n| [in a table](two.md#x) |\n|---|\n",
    "two.md": "# Two\n\n- [in a list](one.md#nowhere)\n",
  });
  expect(broken.toSorted()).toEqual([
    "packages/docs/README.md links to gone.md, which is not there",
    "packages/docs/one.md links to one.md#there, which has no such heading",
    "packages/docs/one.md links to two.md#x, which has no such heading",
    "packages/docs/two.md links to one.md#nowhere, which has no such heading",
  ]);
});

test.each([
  ["HTML", "# A\n\n<b>bold</b>\n"],
  ["a picture", "# A\n\n![x](x.png)\n"],
  ["an address that a browser runs", "# A\n\n[x](javascript:alert(1))\n"],
])("readGuides() refuses %s, for which pages have no form", async (_, text) => {
  await expect(read({ "a.md": text })).rejects.toThrow(/packages\/docs\/a\.md/);
});

test("readGuides() tells equal headings of a guide apart", async () => {
  const { entries } = await read({ "a.md": "# A\n\n## Same\n\n## Same\n\n### `code` & more\n" });
  expect(entries[0]?.headings).toEqual([
    { id: "same", depth: 2, text: "Same" },
    { id: "same-1", depth: 2, text: "Same" },
    { id: "code--more", depth: 3, text: "code & more" },
  ]);
});

async function read(files: Readonly<Record<string, string>>): Promise<Guides> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return readGuides(folder);
}
