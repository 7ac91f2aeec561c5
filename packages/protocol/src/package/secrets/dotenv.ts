import { SealrunError } from "../../error.ts";
import { limits } from "../../limits.ts";
import { secretName, type SecretName } from "../../names.ts";
import { checkSecretCount, checkSecretSize, type OnRefused, orRefuse } from "./secret-document.ts";
import { findWrappedRest } from "./wrapped-base64.ts";
import { showBytes, showName } from "../../text/show-text.ts";
import { decodeUtf8 } from "../../text/utf8.ts";

/** One line of a .env file. */
export interface DotenvEntry {
  readonly value: string;
  /** The line its name stands on, from 1. */
  readonly line: number;
  /** True when the following lines go on its unquoted value as wrapped base64: `value` has these lines too. */
  readonly isWrapped?: true;
}

/**
 * Reads a .env file. `$` is a character like any other, everywhere. Quotes may span lines; in double quotes `\n \r \t
 * \" \\` are escapes, single quotes and backticks have none; unquoted values end at the line or at ` #`, but wrapped
 * base64 goes on. Line ends CR LF become LF. Throws like `parseSecretDocument`, naming file, line and name; never a
 * value. With `onRefused`, only entries are left out whose name is not allowed or whose value is too large, and every
 * entry of a duplicate name.
 */
export function parseDotenv(bytes: Uint8Array, file: string, onRefused?: OnRefused): Map<SecretName, DotenvEntry> {
  const text = decodeFile(bytes, file);
  const entries = new Map<SecretName, DotenvEntry>();
  const firstLines = new Map<SecretName, number>();
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const lineEnd = endOfLine(text, at);
    const start = readStart(text.slice(at, lineEnd), file, line);
    if (start === undefined) {
      at = lineEnd + 1;
      line += 1;
      continue;
    }
    const name = orRefuse(onRefused, () => readName(start.name, file, line));
    const { end, ...read } = readValue({ text, at: at + start.length, file, line });
    orRefuse(onRefused, () => {
      if (name === undefined) return;
      const first = firstLines.get(name);
      if (first !== undefined) {
        entries.delete(name);
        throw invalid(file, line, `${showName(name)} is also in line ${first}; keep one of them`);
      }
      firstLines.set(name, line);
      checkSecretSize(name, read.value, file, line);
      entries.set(name, { ...read, line });
    });
    line += countLines(text, at, end);
    at = end;
  }
  checkSecretCount(entries.size, file);
  return entries;
}

function decodeFile(bytes: Uint8Array, file: string): string {
  if (bytes.length > limits.secretsFileBytes) {
    throw new SealrunError(
      "VALUE_TOO_LARGE",
      `${file}: expected at most ${showBytes(limits.secretsFileBytes)}, found ${bytes.length} bytes`,
    );
  }
  const text = decodeUtf8(bytes);
  if (typeof text === "string") return text.replaceAll("\r\n", "\n");
  throw invalid(file, text.line, `expected UTF-8: byte ${text.invalidAt} is not; save the file as UTF-8`);
}

const expectedForm = "expected NAME=value; a value over several lines stands in quotes";

/** The name and the number of characters before its value; undefined for an empty line or a comment. */
function readStart(
  content: string,
  file: string,
  line: number,
): { readonly name: string; readonly length: number } | undefined {
  if (/^\s*(?:#|$)/.test(content)) return undefined;
  const equals = content.indexOf("=");
  if (equals === -1) throw invalid(file, line, expectedForm);
  const name = content
    .slice(0, equals)
    .trim()
    .replace(/^export\s+/, "");
  const space = /^[ \t]*/.exec(content.slice(equals + 1))?.[0].length ?? 0;
  return { name, length: equals + 1 + space };
}

/**
 * The error does not repeat a text before `=` that is not a name: it may be the end of an unquoted base64 value, which is
 * padded with `=`.
 */
function readName(text: string, file: string, line: number): SecretName {
  const parsed = secretName.safeParse(text);
  if (parsed.success) return parsed.data;
  const rule = parsed.error.issues[0]?.message ?? "";
  throw new SealrunError("NAME_NOT_ALLOWED", `${file}:${line}: the text before "=" is not allowed: ${rule}`);
}

interface Place {
  readonly text: string;
  readonly at: number;
  readonly file: string;
  readonly line: number;
}

/** The value at a place, and where the next line begins. */
function readValue(place: Place): Omit<DotenvEntry, "line"> & { readonly end: number } {
  const { text, at } = place;
  const quote = text.charAt(at);
  if (quote === '"' || quote === "'" || quote === "`") return readQuoted(place, quote);
  const lineEnd = endOfLine(text, at);
  const content = text.slice(at, lineEnd);
  if (content.startsWith("-----BEGIN")) throw invalid(place.file, place.line, expectedForm);
  // The character before may be a space too: `A= # comment`. In `A=#00FF7F` it is `=`.
  const comment = /[ \t]#/.exec(text.slice(at - 1, lineEnd))?.index;
  if (comment !== undefined) return { value: content.slice(0, Math.max(0, comment - 1)).trim(), end: lineEnd + 1 };
  return readWrapped(place, content.trim(), lineEnd);
}

function readWrapped(place: Place, value: string, lineEnd: number): ReturnType<typeof readValue> {
  const { text, file, line } = place;
  const rest = findWrappedRest(value, linesFrom(text, lineEnd + 1));
  if (rest === undefined) return { value, end: lineEnd + 1 };
  if (rest.isAmbiguous) {
    const last = `line ${line + rest.lines.length}`;
    const meanings = `${last} may be the rest of this value, wrapped as base64, or a name with an empty value`;
    throw invalid(file, line, `${meanings}; put the value on one line (base64 -w0), or an empty line after it`);
  }
  const whole = [value, ...rest.lines].join("\n");
  return { value: whole, end: lineEnd + whole.length - value.length + 1, isWrapped: true };
}

function* linesFrom(text: string, from: number): Generator<string> {
  for (let at = from; at < text.length; at = endOfLine(text, at) + 1) yield text.slice(at, endOfLine(text, at));
}

function readQuoted({ text, at, file, line }: Place, quote: string): { readonly value: string; readonly end: number } {
  let closing = at + 1;
  while (closing < text.length && text.charAt(closing) !== quote) {
    closing += quote === '"' && text.charAt(closing) === "\\" ? 2 : 1;
  }
  if (closing >= text.length) throw invalid(file, line, `expected a closing ${quote} for the value that starts here`);
  const lineEnd = endOfLine(text, closing);
  if (!/^[ \t]*(?:#.*)?$/.test(text.slice(closing + 1, lineEnd))) {
    const endLine = line + countLines(text, at, closing);
    throw invalid(
      file,
      endLine,
      `expected nothing but a comment after the closing ${quote}; a ${quote} inside needs other quotes around it`,
    );
  }
  const content = text.slice(at + 1, closing);
  return { value: quote === '"' ? unescapeText(content) : content, end: lineEnd + 1 };
}

function unescapeText(content: string): string {
  return content.replace(/\\([nrt"\\])/g, (_, letter: string) => escapes[letter] ?? letter);
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

function countLines(text: string, from: number, to: number): number {
  return text.slice(from, to).split("\n").length - 1;
}

function invalid(file: string, line: number, sentence: string): SealrunError {
  return new SealrunError("SECRETS_FILE_INVALID", `${file}:${line}: ${sentence}`);
}
