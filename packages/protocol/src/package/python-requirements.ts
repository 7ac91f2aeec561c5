import { SealrunError } from "../error.ts";
import { showName } from "../text/show-text.ts";
import { decodeUtf8 } from "../text/utf8.ts";

/** One pinned package of a requirements.txt. */
interface PythonPin {
  /** Normalised as by `pythonPackageName`: small letters, `-` between words. */
  readonly name: string;
  readonly version: string;
  /** Its line, from 1. */
  readonly line: number;
}

/** The Python packages to install. */
export interface PythonRequirements {
  readonly pins: readonly PythonPin[];
  /** True when every pin has a hash; pip then requires them. */
  readonly hasHashes: boolean;
  /** Only the requirements, one per line. */
  readonly text: string;
}

const file = "requirements.txt";
/** Of a requirement without its hashes, of which a line may have a hundred. */
const maxPinLength = 4_096;
/** What stands before the first `==`. */
const named = /^(?<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[\w\s.,-]*\])?$/;
/** What stands after it; a marker follows its `;`. */
const versioned = /^(?<version>[A-Za-z0-9][\w.!+-]*)\s*(?:;(?:(?!\s-)[^#])*)?$/;
/**
 * pip also ends a line at other characters, such as U+0085 or a form feed. The text after it would be read as a separate
 * option, for example another index address. pip also replaces `${NAME}` from the environment of the install.
 */
const notForPip = /[^\t\x20-\x7e]|\$/;
const hash = /\s--hash[=\s](sha(?:256|384|512):[0-9a-f]+)(?=\s|$)/g;

/**
 * Reads a requirements.txt in which every line pins one version; undefined when it asks for no package. Throws
 * `PACKAGE_INVALID` with the first line that pins no version, and what was expected.
 */
export function parseRequirements(bytes: Uint8Array): PythonRequirements | undefined {
  const text = decodeUtf8(bytes);
  if (typeof text !== "string") throw invalid(text.line, "expected UTF-8; save the file as UTF-8");
  const lines = joinLines(text).filter(({ text: line }) => line !== "" && line !== "--require-hashes");
  if (lines.length === 0) return undefined;
  const pins = lines.map(readPin);
  const hasHashes = pins.some(({ hashes }) => hashes.length > 0);
  const bare = pins.find(({ hashes }) => hashes.length === 0);
  if (hasHashes && bare !== undefined) {
    throw invalid(
      bare.line,
      `expected a --hash for ${showName(bare.name)}, because other lines have one; give a hash for all lines or none`,
    );
  }
  return {
    pins: pins.map(({ name, version, line }) => ({ name, version, line })),
    hasHashes,
    text: pins.map((pin) => `${pin.text}${pin.hashes.map((value) => ` --hash=${value}`).join("")}\n`).join(""),
  };
}

/** A package's name, normalised for comparing (PEP 503). */
export function pythonPackageName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/** Lines without comments. A line that ends in a backslash is joined with the next one. */
function joinLines(text: string): readonly Line[] {
  const joined: Line[] = [];
  let parts: string[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const isOpen = raw.endsWith("\\");
    parts.push(isOpen ? raw.slice(0, -1) : raw);
    if (isOpen && index < lines.length - 1) continue;
    const whole = parts.join("");
    // A comment ends with its own line, and nothing follows the last line.
    joined.push({ text: (isOpen ? whole : withoutComment(whole)).trim(), line: index + 2 - parts.length });
    parts = [];
  }
  return joined;
}

function withoutComment(text: string): string {
  const start = text.search(/(?:^|\s)#/);
  // Where pip sees a new line, the comment would end: such a line is refused as it is.
  return start === -1 || /[\r\u2028\u2029]/.test(text.slice(start)) ? text : text.slice(0, start);
}

function readPin({ text, line }: Line): PythonPin & { readonly text: string; readonly hashes: readonly string[] } {
  if (text.startsWith("-")) {
    const [option = ""] = text.split(/[\s=]/, 1);
    throw invalid(
      line,
      `expected NAME==VERSION, found the option ${showName(option)}; the executor sets the index, and wheels/ is used without an option`,
    );
  }
  if (notForPip.test(text)) {
    throw invalid(
      line,
      "expected NAME==VERSION in printable ASCII without $; pip gives other characters a special meaning",
    );
  }
  const hashes = [...text.matchAll(hash)].map(([, value = ""]) => value);
  const bare = text.replace(hash, "").trim();
  if (bare.length > maxPinLength) {
    throw invalid(
      line,
      `expected NAME==VERSION in at most ${maxPinLength} characters without its hashes, found ${bare.length}; shorten the line`,
    );
  }
  const { name, version } = splitPin(bare);
  if (name === undefined || version === undefined) {
    throw invalid(
      line,
      "expected NAME==VERSION, a package of the index pinned to one version; pip freeze writes lines in this form",
    );
  }
  return { name: pythonPackageName(name), version, line, text: bare, hashes };
}

/** Read in two halves: one pattern for both would try each of many spaces as the end of each part. */
function splitPin(bare: string): { readonly name?: string | undefined; readonly version?: string | undefined } {
  const at = bare.indexOf("==");
  if (at === -1) return {};
  const { name = "" } = named.exec(bare.slice(0, at).trimEnd())?.groups ?? {};
  const { version } = versioned.exec(bare.slice(at + 2).trimStart())?.groups ?? {};
  return /[A-Za-z0-9]$/.test(name) ? { name, version } : {};
}

function invalid(line: number, sentence: string): SealrunError {
  return new SealrunError("PACKAGE_INVALID", `${file}:${line}: ${sentence}`);
}
