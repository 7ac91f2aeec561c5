import { headUnits, hexOf, joined, type UnitForm } from "./unit-forms.ts";

const lineBytes = 16;

/**
 * What `od`, `hexdump` and `xxd` print of `bytes` and of nothing else, from the first digit on: with line breaks,
 * offsets and the column of text. Of anything that comes after `bytes`, only a newline changes that column.
 */
export function dumpForms(bytes: Uint8Array): readonly UnitForm[] {
  const ended = Buffer.concat([bytes, Buffer.from("\n")]);
  const pairs = linesOf(bytes, (line) => Array.from(line, hexOf));
  const words = linesOf(bytes, (line) => wordsOf(line).map((word) => word.toString(16).padStart(4, "0")));
  const octals = linesOf(bytes, (line) => wordsOf(line).map((word) => word.toString(8).padStart(6, "0")));
  const decimals = linesOf(bytes, (line) => Array.from(line, (byte) => String(byte).padStart(3)));
  const od = [pairs, words, octals, decimals].flatMap((lines) => [
    dump(lines, () => "\n "),
    dump(lines, (index) => `\n${(index * lineBytes).toString(8).padStart(7, "0")} `),
  ]);
  const hexdump = dump(words, (index) => `\n${(index * lineBytes).toString(16).padStart(7, "0")} `);
  return [...od, hexdump, ...[bytes, ended].flatMap((whole) => [canonicalHexdump(whole), xxd(whole)]), plainXxd(bytes)];
}

function linesOf<T>(bytes: Uint8Array, show: (line: Uint8Array) => T): readonly T[] {
  const count = Math.ceil(bytes.length / lineBytes);
  return Array.from({ length: count }, (_, index) => show(bytes.subarray(index * lineBytes, (index + 1) * lineBytes)));
}

/** Each two bytes as the number that a little-endian machine reads. */
function wordsOf(line: Uint8Array): readonly number[] {
  const count = Math.ceil(line.length / 2);
  return Array.from({ length: count }, (_, index) => (line[2 * index] ?? 0) | ((line[2 * index + 1] ?? 0) << 8));
}

/** Lines of units, of which each stands for one byte or for two. */
function dump(lines: readonly (readonly string[])[], breakBefore: (line: number) => string): UnitForm {
  const [first = []] = lines;
  const isWords = (first[0] ?? "").length > 3;
  const text = lines.map((line, index) => (index === 0 ? "" : breakBefore(index)) + line.join(" ")).join("");
  const indent = text.length - text.trimStart().length;
  return {
    text: text.trimStart(),
    head: first.slice(0, isWords ? headUnits / 2 : headUnits).join(" ").length - indent,
  };
}

function canonicalHexdump(bytes: Uint8Array): UnitForm {
  const lines = linesOf(bytes, (line) => {
    const pairs = Array.from(line, hexOf);
    const halves = `${pairs.slice(0, 8).join(" ")}  ${pairs.slice(8).join(" ")}`;
    return `${halves.padEnd(3 * lineBytes)}  |${shown(line)}|`;
  });
  const text = lines.map((line, index) => (index === 0 ? line : `\n${offsetOf(index)}  ${line}`)).join("");
  return { text, head: joined(Array.from(bytes.subarray(0, lineBytes), hexOf), " ").head };
}

function xxd(bytes: Uint8Array): UnitForm {
  const lines = linesOf(bytes, (line) => {
    const groups = Array.from(line, hexOf)
      .join("")
      .replaceAll(/.{4}(?=.)/g, "$& ");
    return `${groups.padEnd(2.5 * lineBytes - 1)}  ${shown(line)}`;
  });
  const text = lines.map((line, index) => (index === 0 ? line : `\n${offsetOf(index)}: ${line}`)).join("");
  return { text, head: 19 };
}

/** `xxd -p`: 30 bytes to a line. */
function plainXxd(bytes: Uint8Array): UnitForm {
  return {
    text: Buffer.from(bytes)
      .toString("hex")
      .replaceAll(/.{60}(?=.)/g, "$&\n"),
    head: 16,
  };
}

function offsetOf(line: number): string {
  return (line * lineBytes).toString(16).padStart(8, "0");
}

function shown(line: Uint8Array): string {
  return Buffer.from(line)
    .toString("latin1")
    .replaceAll(/[^\x20-\x7e]/g, ".");
}
