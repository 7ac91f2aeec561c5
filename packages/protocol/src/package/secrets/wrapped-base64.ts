/** Lines that go on a value which a program wrapped, such as `base64`, which wraps at 76 characters. */
export interface WrappedRest {
  readonly lines: readonly string[];
  /** True when the last line may also be a name with an empty value, such as `KEY=`. */
  readonly isAmbiguous: boolean;
}

/** Nothing wraps earlier, and a shorter value is more likely whole. */
const minColumns = 40;

/**
 * The rest of a wrapped base64 value whose first line is this unquoted value, undefined when it is whole: full lines of
 * the same length and a last one, which together are base64.
 */
export function findWrappedRest(first: string, following: Iterable<string>): WrappedRest | undefined {
  if (first.length < minColumns || !/^[A-Za-z0-9+/]+$/.test(first)) return undefined;
  const lines: string[] = [];
  let length = first.length;
  for (const line of following) {
    if (line.length > first.length || !/^[A-Za-z0-9+/]+={0,2}$/.test(line)) break;
    const isEnd = line.endsWith("=");
    // Padding fills the last group of four; a name with an empty value seldom does.
    if (isEnd && ((length + line.length) % 4 !== 0 || !isCanonical(line))) break;
    lines.push(line);
    length += line.length;
    if (isEnd || line.length < first.length) break;
  }
  const last = lines.at(-1);
  return last === undefined ? undefined : { lines, isAmbiguous: /^(?:[A-Z][A-Z0-9]*|[a-z][a-z0-9]*)=$/.test(last) };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** True when the bits that padding leaves over are zero, as every encoder writes them. */
function isCanonical(line: string): boolean {
  const letters = line.indexOf("=");
  const unusedBits = (line.length - letters) * 2;
  return alphabet.indexOf(line.charAt(letters - 1)) % 2 ** unusedBits === 0;
}
