import { type JsonValue, parseJson, SealrunError } from "@sealrun/protocol";
import { base64Forms, wrappedBase64Lines } from "./base64-forms.ts";
import { asciiOnly, escapedForms } from "./escaped-forms.ts";
import { percentForms } from "./percent-forms.ts";

/** Nothing shorter is ever a needle: it would mask ordinary text. */
const minNeedleBytes = 4;

/**
 * Up to this size a value gets every encoding, and so do its lines and leaves together; above it only the usual ones.
 */
const everyFormMaxBytes = 16 * 1024;

/**
 * The byte strings that would reveal `value`: each string and number in it, each line of a string, the contents of a
 * string of JSON, the JSON text of a structure, and the encodings of all these. Keys, booleans, null and anything under
 * 4 bytes give none.
 */
export function needlesOf(value: JsonValue): readonly Uint8Array[] {
  const leaves = [...leafTexts(value)];
  const isStructure = typeof value === "object" && value !== null;
  const wholes = isStructure ? jsonTexts(value) : leaves.slice(0, 1);
  const parts = [...leaves.slice(isStructure ? 0 : 1), ...leaves.flatMap(linesOf)];
  const partBytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  const partForms = partBytes <= everyFormMaxBytes ? allForms : plainForms;

  const forms = new Set<string>();
  for (const whole of wholes) collect(forms, whole, whole.length <= everyFormMaxBytes ? allForms : largeForms);
  for (const part of parts) collect(forms, part, partForms);
  return [...forms].map((form) => Buffer.from(form)).filter((needle) => needle.length >= minNeedleBytes);
}

function* leafTexts(value: unknown): Generator<string> {
  if (typeof value === "number") yield JSON.stringify(value);
  else if (typeof value === "object" && value !== null)
    for (const child of Object.values(value)) yield* leafTexts(child);
  else if (typeof value === "string") {
    yield value;
    yield* leafTexts(structureIn(value));
  }
}

/** Credential files are often stored as one string of JSON, and a script that parses it may print a member. */
function structureIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SealrunError) return undefined;
    throw error;
  }
}

/** Compact JSON, and JSON spaced like that of Python's `json.dumps`, with and without its escapes. */
function jsonTexts(value: JsonValue): readonly string[] {
  const spaced = spacedJson(value);
  return [JSON.stringify(value), spaced, asciiOnly(spaced)];
}

function spacedJson(value: JsonValue): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(", ")}]`;
  const members = Object.entries(value).map(([key, child]) => `${JSON.stringify(key)}: ${spacedJson(child)}`);
  return `{${members.join(", ")}}`;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.length === 1 ? [] : lines.filter((line) => line.trim() !== ""); // blank ones would hide indentation
}

function collect(forms: Set<string>, text: string, formsOf: (text: string) => readonly string[]): void {
  const unix = text.replaceAll("\r\n", "\n");
  for (const variant of new Set([text, text.trim(), unix, unix.trim(), unix.replaceAll("\n", "\r\n")])) {
    if (Buffer.byteLength(variant) < minNeedleBytes) continue;
    for (const form of formsOf(variant)) forms.add(form);
  }
}

function plainForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  return [text, json, asciiOnly(json)];
}

function largeForms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString("hex");
  const url = encodeURIComponent(text.toWellFormed());
  return [...plainForms(text), hex, hex.toUpperCase(), ...base64Forms(bytes), url];
}

function allForms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [...largeForms(text), ...wrappedBase64Lines(bytes), ...percentForms(bytes), ...escapedForms(text)];
}
