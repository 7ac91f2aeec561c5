// Colours (SGR) may pass; every other control sequence could move the cursor, set the title or answer for the terminal.
const escape = "\u001b";
const colour = /^\[[0-9;:]*m/;

/** Text of a script or a server, safe for a terminal: control characters become visible, tabs and colours stay. */
export function cleanText(text: string): string {
  let cleaned = "";
  let at = 0;
  for (const { index, 0: found } of text.matchAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu)) {
    if (index < at) continue;
    cleaned += text.slice(at, index);
    const kept = found === "\t" ? found : found === escape ? readColour(text, index) : undefined;
    cleaned += kept ?? `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;
    at = index + (kept ?? found).length;
  }
  return cleaned + text.slice(at);
}

/** The colour sequence that starts there, or undefined for another control sequence. */
function readColour(text: string, index: number): string | undefined {
  const found = colour.exec(text.slice(index + 1, index + 64))?.[0];
  return found === undefined ? undefined : escape + found;
}
