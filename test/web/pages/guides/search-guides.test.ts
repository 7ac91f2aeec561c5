import { expect, test } from "vitest";
import type { GuideSection } from "../../../../packages/web/src/pages/guides/guide-content.ts";
import { createGuideSearch } from "../../../../packages/web/src/pages/guides/search-guides.ts";

const long = "word ".repeat(60);
const sections: readonly GuideSection[] = [
  { guide: "secrets", title: "Secrets", id: "", heading: "", text: "A secret is a name and a value." },
  { guide: "secrets", title: "Secrets", id: "masking", heading: "Masking", text: "Output passes one masker." },
  {
    guide: "operate",
    title: "Operate",
    id: "backups",
    heading: "Backups",
    text: `${long}keep the secrets.json ${long}`,
  },
];
const search = createGuideSearch(sections);
const places = (typed: string): readonly string[] => search(typed).map(({ guide, id }) => `${guide}#${id}`);

test("createGuideSearch() finds titles and headings before text", () => {
  expect(places("secrets")[2]).toBe("operate#backups");
  expect(places("masking")[0]).toBe("secrets#masking");
});

test("createGuideSearch() finds by the beginning of a word, with a typing mistake, and all words at once", () => {
  expect(places("back")).toEqual(["operate#backups"]);
  expect(places("maskin")).toContain("secrets#masking");
  expect(places("backyps")).toEqual(["operate#backups"]);
  expect(places("backups keep")).toEqual(["operate#backups"]);
  expect(places("backups masker")).toEqual([]);
});

test("createGuideSearch() gives some text around a match, and not more than its limit", () => {
  const [found] = search("json");
  expect(found?.excerpt).toMatch(/^… .*keep the secrets\.json .* …$/);
  expect(found?.excerpt.length).toBeLessThan(300);
  expect(found?.words).toEqual(["json"]);
  expect(search("secret", 1)).toHaveLength(1);
  expect(search("   ")).toEqual([]);
});
