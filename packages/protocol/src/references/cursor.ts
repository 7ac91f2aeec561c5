import { SealrunError } from "../error.ts";

/** `REFERENCE_INVALID` at an index of a text. The message never repeats the text, which may hold a secret. */
export function malformed(index: number, sentence: string): SealrunError {
  return new SealrunError("REFERENCE_INVALID", `character ${index + 1}: ${sentence}`);
}

/** A position in a text, which moves forward past the patterns that match there. */
export interface Cursor {
  readonly index: () => number;
  /** Moves past the match of the sticky pattern and returns it; does not move without a match. */
  readonly take: (pattern: RegExp) => RegExpExecArray | undefined;
  readonly skipSpace: () => void;
}

/** A cursor at `start`. Patterns given to it must be sticky. */
export function createCursor(text: string, start: number): Cursor {
  let index = start;
  const take: Cursor["take"] = (pattern) => {
    pattern.lastIndex = index;
    const found = pattern.exec(text) ?? undefined;
    if (found !== undefined) index += found[0].length;
    return found;
  };
  return { index: () => index, take, skipSpace: () => void take(/\s*/y) };
}
