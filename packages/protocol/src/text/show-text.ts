const maxNameLength = 128;

/** A name from outside as it may appear in a sentence: quoted, control characters escaped, cut after 128 characters. */
export function showName(name: string): string {
  const characters = Array.from(name.slice(0, 2 * maxNameLength + 2));
  const shown = characters.slice(0, maxNameLength).map(escapeHidden).join("");
  return `"${shown}${characters.length > maxNameLength ? "…" : ""}"`;
}

/** Names in a sentence: `"a", "b" and 3 more`. */
export function showNames(names: readonly string[], maxShown = 20): string {
  const shown = names.slice(0, maxShown).map(showName).join(", ");
  return names.length > maxShown ? `${shown} and ${names.length - maxShown} more` : shown;
}

/** A field's place in a document: `steps[1].timeout`; empty for the document itself. */
export function showPath(path: readonly PropertyKey[]): string {
  let shown = "";
  for (const part of path) {
    if (typeof part === "number") shown += `[${part}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/.test(String(part)))
      shown += shown === "" ? String(part) : `.${String(part)}`;
    else shown += `[${showName(String(part))}]`;
  }
  return shown;
}

/** A size in a sentence, in the largest unit that divides it: `4 MiB`, `1500 bytes`. */
export function showBytes(bytes: number): string {
  if (bytes > 0 && bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MiB`;
  if (bytes > 0 && bytes % 1_024 === 0) return `${bytes / 1_024} KiB`;
  return `${bytes} bytes`;
}

/** Control, format, separator and unpaired surrogate characters could rewrite the line that they are printed on. */
function escapeHidden(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (character === " " || !/[\p{C}\p{Z}]/u.test(character)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A number of things in words: "1 file", "2 files". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
