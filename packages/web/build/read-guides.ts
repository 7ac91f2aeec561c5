import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type {
  Block,
  Guide,
  GuideEntry,
  GuideHeading,
  GuideSection,
  Inline,
  LinkTarget,
} from "../src/pages/guides/guide-content.ts";
import { guideName, plainText, readBlocks } from "./guide-blocks.ts";

/** Everything that the pages of the guides show. */
export interface Guides {
  /** In reading order. */
  readonly entries: readonly GuideEntry[];
  readonly guides: readonly Guide[];
  /** What the front page says below its list. */
  readonly words: readonly Block[];
  readonly sections: readonly GuideSection[];
  /** A sentence for every link to a guide or a heading that is not there. */
  readonly broken: readonly string[];
  /** The files that were read. */
  readonly files: readonly string[];
}

/** In the order in which the first operator of an installation needs them. */
const operateTasks = [
  "one-machine",
  "settings",
  "executors",
  "contain",
  "warm-runners",
  "proxy",
  "queue",
  "faults",
  "backups",
  "retention",
  "hold",
  "monitor",
  "audit",
  "doctor",
  "upgrades",
  "cost",
].map((task) => `operate/${task}`);

/** Who is read with whom, in this order; a guide that is not named here comes after its neighbours in the front page. */
const groups: readonly (readonly [name: string, guides: readonly string[]])[] = [
  ["Start", ["start", "web", "connect"]],
  ["Packages", ["packages", "script-api", "dependencies", "events-and-schedules"]],
  ["Secrets", ["secrets", "references", "security-model"]],
  ["Operate", ["operate", ...operateTasks, "metrics", "tracing", "nats", "root-keys"]],
];
const front = "README.md";

/** Reads every page below a folder of Markdown. */
export async function readGuides(folder: string): Promise<Guides> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".md")).toSorted();
  const pages = await Promise.all(
    paths.map(async (path) => ({ path, blocks: readBlocks(path, await readFile(join(folder, path), "utf8")) })),
  );
  const index = pages.find(({ path }) => path === front)?.blocks ?? [];
  const guides = inOrder(
    pages.filter(({ path }) => path !== front).map(({ path, blocks }) => guideOf(guideName(path), blocks)),
    listedIn(index),
  );
  const words = index.slice(index.findIndex((block) => block.kind === "heading" && block.depth > 1));
  return {
    guides,
    words,
    entries: guides.map((guide) => entryOf(guide, index)),
    sections: guides.flatMap(sectionsOf),
    broken: pages.flatMap(({ path, blocks }) => brokenLinks(path, blocks, { guides, words })),
    files: paths.map((path) => join(folder, path)),
  };
}

function guideOf(name: string, blocks: readonly Block[]): Guide {
  const [first, ...rest] = blocks;
  if (first?.kind !== "heading" || first.depth !== 1) throw new TypeError(`${name}.md does not start with its title`);
  return { name, title: plainText(first.parts), blocks: rest };
}

function inOrder(guides: readonly Guide[], listed: readonly string[]): readonly Guide[] {
  const placeOf = ({ name }: Guide): number => {
    const group = groupNames.indexOf(groupOf(name));
    const inGroup = groups[group]?.[1].indexOf(name) ?? -1;
    return group * 10_000 + (inGroup === -1 ? 1_000 + listed.indexOf(name) : inGroup);
  };
  return guides.toSorted((one, other) => placeOf(one) - placeOf(other));
}

const groupNames = [...groups.map(([name]) => name), "More", "Coming from", "Reference"];

function groupOf(guide: string): string {
  if (guide.startsWith("reference/")) return "Reference";
  if (guide.startsWith("coming-from/")) return "Coming from";
  return groups.find(([, guides]) => guides.includes(guide))?.[0] ?? "More";
}

function entryOf({ name, title, blocks }: Guide, index: readonly Block[]): GuideEntry {
  return {
    name,
    title,
    group: groupOf(name),
    description: capitalized(describedIn(index, name) ?? firstSentence(blocks)),
    headings: headingsOf(blocks),
  };
}

/** What the front page's table says of a guide. */
function describedIn(index: readonly Block[], name: string): string | undefined {
  const rows = index.flatMap((block) => (block.kind === "table" ? block.rows : []));
  const row = rows.find(([link]) => linksOf(link ?? []).some((to) => to.kind === "guide" && to.guide === name));
  return row?.[1] === undefined ? undefined : plainText(row[1]);
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function firstSentence(blocks: readonly Block[]): string {
  const paragraph = blocks.find((block) => block.kind === "paragraph");
  const text = paragraph === undefined ? "" : plainText(paragraph.parts).replaceAll(/\s+/g, " ");
  return /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/[.:]$/, "") ?? text;
}

function headingsOf(blocks: readonly Block[]): readonly GuideHeading[] {
  return blocks.flatMap((block) =>
    block.kind === "heading" ? [{ id: block.id, depth: block.depth, text: plainText(block.parts) }] : [],
  );
}

function sectionsOf({ name, title, blocks }: Guide): readonly GuideSection[] {
  const starts = blocks.flatMap((block, index) => (block.kind === "heading" ? [index] : []));
  return [0, ...starts].flatMap((start, number) => {
    const first = blocks[start];
    const isHeaded = number > 0 && first?.kind === "heading";
    const own = blocks.slice(isHeaded ? start + 1 : start, starts[number] ?? blocks.length);
    const id = isHeaded ? first.id : "";
    const heading = isHeaded ? plainText(first.parts) : "";
    return [{ guide: name, title, id, heading, text: own.map(textOf).join(" ").replaceAll(/\s+/g, " ").trim() }];
  });
}

function textOf(block: Block): string {
  switch (block.kind) {
    case "heading":
    case "paragraph":
      return plainText(block.parts);
    case "code":
      return block.text;
    case "table":
      return [block.head, ...block.rows].flat().map(plainText).join(" ");
    case "list":
      return block.items.flat().map(textOf).join(" ");
  }
}

function listedIn(index: readonly Block[]): readonly string[] {
  return allLinks(index).flatMap((to) => (to.kind === "guide" ? [to.guide] : []));
}

function brokenLinks(
  path: string,
  blocks: readonly Block[],
  { guides, words }: Pick<Guides, "guides" | "words">,
): readonly string[] {
  return allLinks(blocks).flatMap((to) => {
    if (to.kind === "file" || to.kind === "outside") return [];
    const target = to.kind === "index" ? words : guides.find(({ name }) => name === to.guide)?.blocks;
    const name = to.kind === "index" ? "README" : to.guide;
    if (target === undefined) return [`packages/docs/${path} links to ${name}.md, which is not there`];
    if (to.heading === undefined || headingsOf(target).some(({ id }) => id === to.heading)) return [];
    return [`packages/docs/${path} links to ${name}.md#${to.heading}, which has no such heading`];
  });
}

function allLinks(blocks: readonly Block[]): readonly LinkTarget[] {
  return blocks.flatMap((block) => {
    switch (block.kind) {
      case "heading":
      case "paragraph":
        return linksOf(block.parts);
      case "table":
        return [block.head, ...block.rows].flat().flatMap(linksOf);
      case "list":
        return allLinks(block.items.flat());
      case "code":
        return [];
    }
  });
}

function linksOf(parts: readonly Inline[]): readonly LinkTarget[] {
  return parts.flatMap((part) => {
    if (part.kind === "link") return [part.to];
    return "parts" in part ? linksOf(part.parts) : [];
  });
}
