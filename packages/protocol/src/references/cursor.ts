import { SealrunError } from "../error.ts";

/** `REFERENCE_INVALID` at an index of a text. The sentence never repeats the text, which may hold anything. */
export function malformed(index: number, sentence: string): SealrunError {
  return new SealrunError("REFERENCE_INVALID", `character ${index + 1}: ${sentence}`);
}

/** A place in a text that moves forward over what it is told to expect. */
export interface Cursor {
  readonly index: () => number;
  /** Passes what the sticky pattern matches there, and gives it; stays when it does not match. */
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
