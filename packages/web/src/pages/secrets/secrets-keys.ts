/** What a key does on a page of secrets. */
export type KeyAction =
  | "search"
  | "add"
  | "import"
  | "help"
  | "undo"
  | "next"
  | "previous"
  | "first"
  | "last"
  | "replace"
  | "delete"
  | "select";

/** The keys, as the page's help lists them. */
export const keyHelp: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: "/", does: "Search" },
  { keys: "n", does: "Add a secret" },
  { keys: "i", does: "Import a file" },
  { keys: "↑ ↓", does: "Move between names" },
  { keys: "Home End", does: "First and last name" },
  { keys: "Enter", does: "Open the name's details" },
  { keys: "r", does: "Replace its value" },
  { keys: "x", does: "Select it" },
  { keys: "Delete", does: "Delete it, or all selected names" },
  { keys: "z", does: "Undo a delete" },
  { keys: "Esc", does: "Close; clear the search" },
  { keys: "?", does: "Show this list" },
];

const anywhere: Readonly<Record<string, KeyAction>> = {
  "/": "search",
  n: "add",
  i: "import",
  "?": "help",
  z: "undo",
  ArrowDown: "next",
  ArrowUp: "previous",
  Delete: "delete",
};

const onName: Readonly<Record<string, KeyAction>> = { Home: "first", End: "last", r: "replace", x: "select" };

/** Where the focus is when a key is pressed. */
export type KeyPlace = "page" | "name" | "search" | "typing";

/** What a key does there; undefined while the user types in a field. */
export function actionOf(
  pressed: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean },
  place: KeyPlace,
): KeyAction | undefined {
  const { key, ctrlKey, metaKey, altKey } = pressed;
  if (ctrlKey || metaKey || altKey || place === "typing") return undefined;
  if (place === "search") return key === "ArrowDown" ? "first" : undefined;
  if (place === "name" && Object.hasOwn(onName, key)) return onName[key];
  return Object.hasOwn(anywhere, key) ? anywhere[key] : undefined;
}
