import { decodeText } from "@sealrun/protocol";
import { z } from "zod";

/** A filter of a page under a name: the search part of the page's address. */
export interface SavedView {
  readonly name: string;
  readonly search: string;
}

const views = z.array(z.object({ name: z.string().min(1).max(60), search: z.string().max(2_000) })).max(50);

/** At most this many views are kept for a page. */
export const maxViews = 50;

/** The views that the browser keeps as text; none when it is not of this form. */
export function readViews(text: string | null): readonly SavedView[] {
  if (text === null) return [];
  try {
    return decodeText(views, text);
  } catch {
    return [];
  }
}

/** The views with one more, in alphabetical order; a view of the same name is replaced. */
export function withView(before: readonly SavedView[], view: SavedView): readonly SavedView[] {
  const others = before.filter(({ name }) => name !== view.name).slice(0, maxViews - 1);
  return [...others, view].toSorted((left, right) => left.name.localeCompare(right.name, "en"));
}
