import { useMemo, useSyncExternalStore } from "react";
import { readViews, type SavedView, withView } from "./saved-views.ts";

const listeners = new Set<() => void>();

/** The saved views of a page, which only this browser keeps. */
export function useSavedViews(page: string): {
  readonly views: readonly SavedView[];
  readonly save: (view: SavedView) => void;
  readonly remove: (name: string) => void;
} {
  const key = `sealrun-views-${page}`;
  const text = useSyncExternalStore(subscribe, () => localStorage.getItem(key));
  const views = useMemo(() => readViews(text), [text]);
  const store = (next: readonly SavedView[]): void => {
    if (next.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(next));
    for (const listener of listeners) listener();
  };
  return {
    views,
    save: (view) => store(withView(views, view)),
    remove: (name) => store(views.filter((view) => view.name !== name)),
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  globalThis.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    globalThis.removeEventListener("storage", listener);
  };
}
