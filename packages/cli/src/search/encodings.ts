/** The forms in which a value may appear, by name. On purpose not the masker's implementation. */
export function encodingsOf(value: string): ReadonlyMap<string, readonly Buffer[]> {
  const raw = Buffer.from(value);
  const hex = raw.toString("hex");
  return new Map([
    ["raw", [raw]],
    ["UTF-16", [Buffer.from(value, "utf16le"), Buffer.from(value, "utf16le").swap16()]],
    ["hex", [Buffer.from(hex), Buffer.from(hex.toUpperCase())]],
    ["base64", base64Forms(raw, "base64")],
    ["base64url", base64Forms(raw, "base64url")],
    ["URL", [Buffer.from(encodeURIComponent(value))]],
    ["JSON", jsonForms(value)],
    ["HTML", [Buffer.from(htmlForm(value))]],
    ["first and last 16 bytes", [raw.subarray(0, 16), raw.subarray(-16)]],
    ["reversed", [Buffer.from(raw.toReversed())]],
  ]);
}

/**
 * Base64 of the value at any position in a longer text: at three offsets, without the characters at both ends that
 * depend on the bytes beside it.
 */
function base64Forms(raw: Buffer, alphabet: "base64" | "base64url"): readonly Buffer[] {
  return [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), raw]);
    const first = offset === 0 ? 0 : 4;
    const whole = Math.floor((shifted.length - (shifted.length % 3)) / 3) * 4;
    return Buffer.from(shifted.toString(alphabet).slice(first, whole));
  });
}

function htmlForm(value: string): string {
  const named = new Map([
    ["&", "&amp;"],
    ["<", "&lt;"],
    [">", "&gt;"],
    ['"', "&quot;"],
    ["'", "&#39;"],
  ]);
  return value.replaceAll(/[&<>"']/g, (character) => named.get(character) ?? character);
}

const pieceBytes = 8;

/**
 * Every eight bytes of a random value: PostgreSQL compresses long texts in such a way that at most eight bytes of it are
 * written in a row. A value that was cut is found too.
 */
export function piecesOf(value: string): readonly Buffer[] {
  const raw = Buffer.from(value);
  return Array.from({ length: Math.max(0, raw.length - pieceBytes + 1) }, (_, at) => raw.subarray(at, at + pieceBytes));
}

function jsonForms(value: string): readonly Buffer[] {
  const once = JSON.stringify(value).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  return [Buffer.from(once), Buffer.from(twice)];
}
