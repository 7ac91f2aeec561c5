/** A file as a page can show it: its text, cut at a number of lines, or that it is none. */
export type FileText =
  | { readonly kind: "text"; readonly text: string; readonly size: number; readonly isCut: boolean }
  | { readonly kind: "binary"; readonly size: number };

/** Lines that are shown of one file. */
export const maxLines = 5_000;
/** Bytes that are shown of one file. */
const maxBytes = 1_048_576;

/** The text of a file in UTF-8; one with a zero byte or other bytes is binary. */
export function readText(bytes: Uint8Array): FileText {
  const size = bytes.length;
  if (bytes.subarray(0, 8_192).includes(0)) return { kind: "binary", size };
  try {
    const isOver = size > maxBytes;
    // Cut inside a character it is still text, hence the stream.
    const whole = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, maxBytes), { stream: isOver });
    const lines = whole.split("\n");
    const isLong = lines.length > maxLines;
    return { kind: "text", text: isLong ? lines.slice(0, maxLines).join("\n") : whole, size, isCut: isOver || isLong };
  } catch {
    return { kind: "binary", size };
  }
}
