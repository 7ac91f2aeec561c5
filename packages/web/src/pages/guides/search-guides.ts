import MiniSearch from "minisearch";
import type { GuideSection } from "./guide-content.ts";

/** A place in a guide that holds what was searched. */
export interface FoundPlace {
  readonly guide: string;
  readonly title: string;
  /** Empty for the guide's beginning. */
  readonly id: string;
  readonly heading: string;
  /** Some words around the first that was found. */
  readonly excerpt: string;
  /** The words as the guides have them. */
  readonly words: readonly string[];
}

/** Searches titles, headings and text as somebody types; the best first, at most `most`. */
export type GuideSearch = (typed: string, most?: number) => readonly FoundPlace[];

/** Makes the sections of all guides searchable: by beginnings of words, with a slip of a letter, all words at once. */
export function createGuideSearch(sections: readonly GuideSection[]): GuideSearch {
  const index = new MiniSearch<{ readonly id: number } & Pick<GuideSection, "title" | "heading" | "text">>({
    fields: ["title", "heading", "text"],
    searchOptions: {
      boost: { title: 6, heading: 4 },
      combineWith: "AND",
      prefix: (term) => term.length > 1,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    },
  });
  index.addAll(sections.map(({ title, heading, text }, id) => ({ id, title, heading, text })));
  return (typed, most = 30) =>
    index
      .search(typed)
      .slice(0, most)
      .flatMap(({ id, terms }) => {
        const section = sections[Number(id)];
        if (section === undefined) return [];
        const { guide, title, heading } = section;
        return [{ guide, title, id: section.id, heading, excerpt: excerptOf(section.text, terms), words: terms }];
      });
}

const before = 60;
const long = 220;

function excerptOf(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((place) => place >= 0);
  const first = places.length === 0 ? 0 : Math.min(...places);
  const from = first <= before ? 0 : text.indexOf(" ", first - before) + 1;
  const end = from + long >= text.length ? text.length : text.lastIndexOf(" ", from + long);
  const to = end <= from ? Math.min(text.length, from + long) : end;
  return `${from === 0 ? "" : "… "}${text.slice(from, to)}${to === text.length ? "" : " …"}`;
}
