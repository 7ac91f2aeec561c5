import { findJoiners, isHidden, lastWritten } from "@sealrun/protocol";

// Colours (SGR) may pass; every other control sequence could move the cursor, set the title or answer for the terminal.
const escape = "\u001b";
const erasing = new RegExp(`${escape}\\[[0-2]?K`, "g");
const colour = /^\[[0-9;:]*m/;

/**
 * Text of a script or a server, safe for a terminal: characters that are invisible or change how other text looks become
 * visible. Tabs, colours and the joiners of ordinary text stay.
 */
export function cleanText(text: string): string {
  let cleaned = "";
  let at = 0;
  let joiners: ReadonlySet<number> | undefined;
  for (const { index, 0: found } of text.matchAll(/[^\t\x20-\x7e]/gu)) {
    const point = found.codePointAt(0) ?? 0;
    if (index < at || (!isHidden(point) && found !== "\n")) continue;
    joiners ??= findJoiners(text);
    if (joiners.has(index)) continue;
    cleaned += text.slice(at, index);
    const kept = found === escape ? readColour(text, index) : undefined;
    cleaned += kept ?? `\\u{${point.toString(16)}}`;
    at = index + (kept ?? found).length;
  }
  return cleaned + text.slice(at);
}

/** A line of a script as a terminal would still show it after its carriage returns and erasing, and safe. */
export function cleanOutput(line: string): string {
  return cleanText(lastWritten(line).replaceAll(erasing, ""));
}

/** The colour sequence that starts there, or undefined for another control sequence. */
function readColour(text: string, index: number): string | undefined {
  const found = colour.exec(text.slice(index + 1, index + 64))?.[0];
  return found === undefined ? undefined : escape + found;
}
