/** Where bytes stop being UTF-8. */
export interface InvalidUtf8 {
  /** Offset of the first byte of the sequence that is not UTF-8, from 0. */
  readonly invalidAt: number;
  /** Its line, from 1. */
  readonly line: number;
}

/** The bytes as text, without a byte order mark at the start, or where they stop being UTF-8. Nothing is replaced. */
export function decodeUtf8(bytes: Uint8Array): string | InvalidUtf8 {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const invalidAt = longestValidPrefix(bytes);
    const line = bytes.subarray(0, invalidAt).reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 1);
    return { invalidAt, line };
  }
}

/** A binary search: every prefix of valid UTF-8 decodes, because `stream` allows a sequence that is cut. */
function longestValidPrefix(bytes: Uint8Array): number {
  let valid = 0;
  let tooLong = bytes.length + 1;
  while (tooLong - valid > 1) {
    const middle = Math.floor((valid + tooLong) / 2);
    if (isPrefixOfUtf8(bytes.subarray(0, middle))) valid = middle;
    else tooLong = middle;
  }
  return startOfSequence(bytes, valid);
}

function isPrefixOfUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The longest prefix may end inside a sequence whose next byte is wrong: the sequence's first byte is the place to name. */
function startOfSequence(bytes: Uint8Array, end: number): number {
  for (let start = end - 1; start >= Math.max(0, end - 3); start -= 1) {
    const byte = bytes[start] ?? 0;
    if (byte < 0x80) return end;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return start + length > end ? start : end;
  }
  return end;
}
