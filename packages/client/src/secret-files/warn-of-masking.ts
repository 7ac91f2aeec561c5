import { judgeMasking, type JsonValue, showPath } from "@sealrun/protocol";

const maxPlaces = 5;

/**
 * A sentence about what a run will not mask of a secret's value, or will mask only as a word; undefined when all of it
 * is masked. It names the secret and places inside it, never the value.
 */
export function warnOfMasking(name: string, value: JsonValue): string | undefined {
  if (value === "") return undefined; // there is nothing to mask
  const { masking, isCommonWord, unmasked } = judgeMasking(value);
  if (masking === "none") return `${name} is too short to mask: logs and results of a run show it as it is`;
  if (isCommonWord)
    return `${name} is a common word: a run masks it only as a separate word, and masks that word wherever it stands`;
  if (unmasked.length === 0) return undefined;
  const places = unmasked.slice(0, maxPlaces).map((path) => showPath([...path]));
  const more = unmasked.length > maxPlaces ? ` and ${unmasked.length - maxPlaces} more` : "";
  return `${name} has parts that are too short to mask or common words, which logs and results show as they are: ${places.join(", ")}${more}`;
}
