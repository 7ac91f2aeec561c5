/** A line of a file beside its number, from 1. */
export interface FrameLine {
  readonly number: number;
  readonly text: string;
  /** The problem is about this line. */
  readonly isProblem: boolean;
  /** The line contains a secret's value, so its text is left out. */
  readonly isHidden: boolean;
}

const maxLength = 200;

/** The line that a problem is about, with the lines around it; `isHidden` says which lines must not be shown. */
export function frameLines(bytes: Uint8Array, line: number, isHidden: (line: number) => boolean): readonly FrameLine[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return [line - 1, line, line + 1].flatMap((number): readonly FrameLine[] => {
    const text = lines[number - 1];
    if (text === undefined || (text.trim() === "" && number !== line)) return [];
    const hidden = isHidden(number);
    const shown = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
    return [{ number, text: hidden ? "" : shown, isProblem: number === line, isHidden: hidden }];
  });
}
