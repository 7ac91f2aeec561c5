import { SealrunError } from "../error.ts";
import { limits } from "../limits.ts";
import { secretName, type SecretName } from "../names.ts";
import { checkSecretCount, checkSecretSize, type OnRefused, orRefuse } from "./secret-document.ts";
import { showBytes, showName } from "../text/show-text.ts";
import { decodeUtf8 } from "../text/utf8.ts";

/** One line of a .env file. */
export interface DotenvEntry {
  readonly value: string;
  /** The line its name stands on, from 1. */
  readonly line: number;
}

/**
 * Reads a .env file. `$` is a character like any other, everywhere. Quotes may span lines; in double quotes `\n \r \t
 * \" \\` are escapes, single quotes and backticks have none; unquoted values end at the line or at ` #`. Line ends
 * CR LF become LF. Throws like `parseSecretDocument`, naming file, line and name; never a value. With `onRefused`, only
 * the entry is left out whose name is not allowed or is there twice, or whose value is too large.
 */
export function parseDotenv(bytes: Uint8Array, file: string, onRefused?: OnRefused): Map<SecretName, DotenvEntry> {
  const text = decodeFile(bytes, file);
  const entries = new Map<SecretName, DotenvEntry>();
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
    const name = orRefuse(onRefused, () => readNewName(start.name, entries, file, line));
    const read = readValue({ text, at: at + start.length, file, line });
    orRefuse(onRefused, () => {
      if (name === undefined) return;
      checkSecretSize(name, read.value, file, line);
      entries.set(name, { value: read.value, line });
    });
    line += countLines(text, at, read.end);
    at = read.end;
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

function readNewName(text: string, entries: ReadonlyMap<string, DotenvEntry>, file: string, line: number): SecretName {
  const name = readName(text, file, line);
  if (entries.has(name)) throw invalid(file, line, `duplicate name ${showName(name)}; keep one of them`);
  return name;
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
function readValue(place: Place): { readonly value: string; readonly end: number } {
  const { text, at } = place;
  const quote = text.charAt(at);
  if (quote === '"' || quote === "'" || quote === "`") return readQuoted(place, quote);
  const lineEnd = endOfLine(text, at);
  const content = text.slice(at, lineEnd);
  if (content.startsWith("-----BEGIN")) throw invalid(place.file, place.line, expectedForm);
  const comment = /(?:^|[ \t])#/.exec(content)?.index ?? content.length;
  return { value: content.slice(0, comment).trim(), end: lineEnd + 1 };
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
