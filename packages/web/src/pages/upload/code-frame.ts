/** A line of a file beside its number, from 1. */
export interface FrameLine {
  readonly number: number;
  readonly text: string;
  readonly isMeant: boolean;
  /** Its text holds a secret's value and is left out. */
  readonly isHidden: boolean;
}

const longest = 200;

/** The line that a problem is about between its neighbours; `isHidden` says which lines nobody may see. */
export function frameLines(bytes: Uint8Array, line: number, isHidden: (line: number) => boolean): readonly FrameLine[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return [line - 1, line, line + 1].flatMap((number): readonly FrameLine[] => {
    const text = lines[number - 1];
    if (text === undefined || (text.trim() === "" && number !== line)) return [];
    const hidden = isHidden(number);
    const shown = text.length > longest ? `${text.slice(0, longest)}…` : text;
    return [{ number, text: hidden ? "" : shown, isMeant: number === line, isHidden: hidden }];
  });
}
