/** A file as a page can show it: its text, which may be cut, or that it is binary. */
export type FileText =
  | { readonly kind: "text"; readonly text: string; readonly size: number; readonly isCut: boolean }
  | { readonly kind: "binary"; readonly size: number };

/** At most this many lines of a file are shown. */
export const maxLines = 5_000;
/** At most this many bytes of a file are shown. */
const maxBytes = 1_048_576;

/** The text of a file in UTF-8, with its byte order mark if it has one; a file with a zero byte or bytes that are not UTF-8 is binary. */
export function readText(bytes: Uint8Array): FileText {
  const size = bytes.length;
  if (bytes.subarray(0, 8_192).includes(0)) return { kind: "binary", size };
  try {
    const isOver = size > maxBytes;
    // Streaming accepts a character that is cut at the end.
    const whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, maxBytes), {
      stream: isOver,
    });
    const lines = whole.split("\n");
    const isLong = lines.length > maxLines;
    return { kind: "text", text: isLong ? lines.slice(0, maxLines).join("\n") : whole, size, isCut: isOver || isLong };
  } catch {
    return { kind: "binary", size };
  }
}
