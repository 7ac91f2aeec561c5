import MiniSearch from "minisearch";
import type { GuideSection } from "./guide-content.ts";

/** A place in a guide that matches the search. */
export interface FoundPlace {
  readonly guide: string;
  readonly title: string;
  /** Empty for the guide's beginning. */
  readonly id: string;
  readonly heading: string;
  /** Some text around the first word that was found. */
  readonly excerpt: string;
  /** The words as the guides have them. */
  readonly words: readonly string[];
}

/** Searches titles, headings and text while the user types; the best first, at most `maxPlaces`. */
export type GuideSearch = (typed: string, maxPlaces?: number) => readonly FoundPlace[];

/** Indexes the sections of all guides. A match has all words, by their beginnings, and tolerates a typing mistake. */
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
  return (typed, maxPlaces = 30) =>
    index
      .search(typed)
      .slice(0, maxPlaces)
      .flatMap(({ id, terms }) => {
        const section = sections[Number(id)];
        if (section === undefined) return [];
        const { guide, title, heading } = section;
        return [{ guide, title, id: section.id, heading, excerpt: excerptOf(section.text, terms), words: terms }];
      });
}

const charactersBefore = 60;
const excerptLength = 220;

function excerptOf(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((place) => place >= 0);
  const first = places.length === 0 ? 0 : Math.min(...places);
  const from = first <= charactersBefore ? 0 : text.indexOf(" ", first - charactersBefore) + 1;
  const end = from + excerptLength >= text.length ? text.length : text.lastIndexOf(" ", from + excerptLength);
  const to = end <= from ? Math.min(text.length, from + excerptLength) : end;
  return `${from === 0 ? "" : "… "}${text.slice(from, to)}${to === text.length ? "" : " …"}`;
}
