import {
  isCommonWord,
  isMaskedPart,
  isTooShort,
  type JsonValue,
  listLeaves,
  maskedAnywhereBytes,
  minMaskedBytes,
} from "@sealrun/protocol";
import { headBytes, type LaterNeedles, type Needle } from "../needle.ts";
import { base64Forms, wrappedBase64Lines } from "./base64-forms.ts";
import { dumpForms } from "./dump-forms.ts";
import { htmlForms } from "./html-forms.ts";
import { asciiOnly, jsonForms, jsonInner } from "./json-forms.ts";
import { literalForms } from "./literal-forms.ts";
import { percentForms } from "./percent-forms.ts";
import { pythonForms } from "./python-forms.ts";
import { shellForms } from "./shell-forms.ts";
import { caseForms, normalForms, otherCharsets, textVariants } from "./text-variants.ts";
import { hasUnitForms, nodeListStarts, unitForms } from "./unit-forms.ts";

/**
 * Up to this size a value gets every encoding, and so do its lines and leaves together; above it only the usual ones.
 */
const everyFormMaxBytes = 16 * 1024;

/**
 * Up to this size a value, and its leaves together, get the forms that write each byte by itself. They take about 100
 * bytes of memory for each byte of the value.
 */
const unitFormsMaxBytes = 2 * 1024;

/**
 * The byte strings that would reveal `value`: each string and number in it, each line of a string, the contents of a
 * string of JSON, the JSON text of a structure, and the encodings of all these. Keys, booleans, null and anything under
 * 4 bytes give none, and neither do leaves and lines that are common words, nor lines without a letter or digit.
 */
export function needlesOf(value: JsonValue): readonly Needle[] {
  const { now, later } = splitNeedlesOf(value);
  const needles = new Map<string, Needle>();
  for (const needle of [...now, ...later.flatMap((group) => group.needles())]) keep(needles, needle);
  return [...needles.values()];
}

/** The same in two parts: thousands of values stay cheap when their rare forms are made only when they are needed. */
export function splitNeedlesOf(value: JsonValue): {
  readonly now: readonly Needle[];
  readonly later: readonly LaterNeedles[];
} {
  const leaves = [...listLeaves(value)].flatMap(({ text }) => text ?? []);
  const isStructure = typeof value === "object" && value !== null;
  const wholes = (isStructure ? jsonTexts(value) : leaves.slice(0, 1)).filter((text) => !isTooShort(text));
  const inside = leaves.slice(isStructure ? 0 : 1).filter(isMaskedPart);
  const lines = leaves.flatMap(linesOf).filter(isMaskedPart);

  const needles = new Map<string, Needle>();
  const addAll = (texts: readonly string[], formsOf: FormsOf): void => {
    for (const text of texts) for (const form of formsOf(text)) addForm(needles, form, headBytes);
  };
  for (const whole of wholes) addAll([whole], whole.length <= everyFormMaxBytes ? everyForm : largePlainForms);
  const parts = [...inside, ...lines];
  const isEvery = sizeOf(parts) <= everyFormMaxBytes;
  addAll(parts, isEvery ? everyForm : plainForms);

  const rare = [...wholes.filter((text) => text.length <= everyFormMaxBytes), ...(isEvery ? parts : [])];
  const inUnits = [isStructure ? [] : wholes, inside].filter((texts) => sizeOf(texts) <= unitFormsMaxBytes).flat();
  const large = new Set(wholes.filter((text) => text.length > everyFormMaxBytes).flatMap(textVariants));
  // White space may be most of a large text.
  for (const text of large) if (text.length <= headBytes) addAll([text], encodedForms);
  const later = [
    ...[...large].filter((text) => text.length > headBytes).flatMap(largeNeedles),
    ...Array.from(new Set(rare.flatMap((text) => [text, text.trim()])), (text) =>
      laterNeedles(text, rareForms, needles),
    ),
    ...Array.from(new Set(inUnits), (text) => laterNeedles(text, formsOfUnits, needles)),
  ];
  return { now: [...needles.values()], later: later.filter(({ starts }) => starts.length > 0) };
}

/**
 * The texts of `value` as they are: the least that is looked for when there is no memory for more. Of a structure, also
 * its JSON texts.
 */
export function plainNeedlesOf(value: JsonValue): readonly Needle[] {
  const leaves = [...listLeaves(value)].flatMap(({ text }) => text ?? []);
  const isStructure = typeof value === "object" && value !== null;
  const wholes = isStructure ? jsonTexts(value) : leaves.slice(0, 1);
  const parts = [...leaves.slice(isStructure ? 0 : 1), ...leaves.flatMap(linesOf)].filter(isMaskedPart);
  const needles = new Map<string, Needle>();
  for (const text of [...wholes.filter((whole) => !isTooShort(whole)), ...parts]) addForm(needles, text, headBytes);
  return [...needles.values()];
}

interface Form {
  readonly text: string | Uint8Array;
  readonly head: number;
}

/** So many first bytes of a form tell that the rest may follow. A form that has no more is looked for at once. */
const startBytes = 8;

/** A text's first characters are enough for the starts of its forms. */
const startCharacters = 16;

function laterNeedles(
  text: string,
  formsOf: (text: string, whole?: string) => readonly Form[],
  needles: Map<string, Needle>,
): LaterNeedles {
  const starts = new Map<string, Uint8Array>();
  const isLong = text.length > 2 * startCharacters;
  const first = isLong
    ? Array.from(text.slice(0, 2 * startCharacters))
        .slice(0, startCharacters)
        .join("")
    : text;
  for (const form of formsOf(first, text)) {
    const bytes = Buffer.from(form.text);
    if (bytes.length <= startBytes) addForm(needles, form.text, form.head);
    else starts.set(bytes.toString("latin1", 0, startBytes), bytes.subarray(0, startBytes));
  }
  if (formsOf === formsOfUnits && starts.size > 0) {
    for (const start of nodeListStarts(text)) starts.set(start, Buffer.from(start));
  }
  return {
    starts: [...starts.values()],
    needles: () => {
      const all = new Map<string, Needle>();
      for (const form of formsOf(text)) addForm(all, form.text, form.head);
      return [...all.values()];
    },
  };
}

/** Encodings of a large text, each made by itself: together they would take many times its memory. */
function largeNeedles(text: string): readonly LaterNeedles[] {
  const first = text.slice(0, 4 * startCharacters);
  return largeEncodings.map((encode) => ({
    starts: [Buffer.from(encode(first)).subarray(0, startBytes)],
    needles: () => {
      const all = new Map<string, Needle>();
      addForm(all, encode(text), headBytes);
      return [...all.values()];
    },
  }));
}

/** All of `encodedForms`, for a text over 64 bytes. */
const largeEncodings: readonly ((text: string) => string)[] = [
  hexForm,
  (text) => hexForm(text).toUpperCase(),
  ...[0, 1, 2, 3, 4, 5].map((index) => (text: string) => base64Forms(Buffer.from(text))[index] ?? ""),
  percentForm,
];

type FormsOf = (text: string) => readonly (string | Uint8Array)[];

function sizeOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function addForm(needles: Map<string, Needle>, form: string | Uint8Array, head: number): void {
  const bytes = Buffer.from(form);
  const isWord = bytes.length < maskedAnywhereBytes || (typeof form === "string" && isCommonWord(form));
  keep(needles, { bytes, place: isWord ? "word" : "anywhere", head });
}

/** Of two equal forms, the one with the shorter head hides more. */
function keep(needles: Map<string, Needle>, needle: Needle): void {
  const key = Buffer.from(needle.bytes).toString("latin1");
  if (needle.bytes.length < minMaskedBytes || isTooShort(key)) return;
  const known = needles.get(key);
  if (known === undefined || needle.head < known.head) needles.set(key, needle);
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

/** Lines of brackets, rules or blanks would hide the same lines of any other text. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.length === 1 ? [] : lines.filter((line) => /[\p{L}\p{N}]/u.test(line));
}

/** Of a long text, what it begins with is found anyway. */
function largePlainForms(text: string): readonly string[] {
  const forms = plainForms(text);
  return forms.filter(
    (form) => form.length <= headBytes || !forms.some((other) => other.length > form.length && other.startsWith(form)),
  );
}

function plainForms(text: string): readonly string[] {
  return textVariants(text).flatMap((variant) => [variant, jsonInner(variant), asciiOnly(jsonInner(variant))]);
}

function largeForms(text: string): readonly string[] {
  return [...plainForms(text), ...textVariants(text).flatMap(encodedForms)];
}

function encodedForms(text: string): readonly string[] {
  const hex = hexForm(text);
  return [hex, hex.toUpperCase(), ...base64Forms(Buffer.from(text)), percentForm(text)];
}

function hexForm(text: string): string {
  return Buffer.from(text).toString("hex");
}

function percentForm(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function everyForm(text: string): readonly (string | Uint8Array)[] {
  const ofVariants = textVariants(text).flatMap((variant) => {
    const bytes = Buffer.from(variant);
    const escaped = [...percentForms(bytes), ...jsonForms(variant), ...htmlForms(variant)];
    const literals = [...pythonForms(variant), ...shellForms(variant), ...literalForms(variant)];
    return [...wrappedBase64Lines(bytes), ...escaped, ...literals];
  });
  return [...largeForms(text), ...ofVariants];
}

/** A form that differs from `whole` may begin as `whole` does: `text` is all of it, or its beginning. */
function rareForms(text: string, whole = text): readonly Form[] {
  const inOneCase = Buffer.byteLength(text) < maskedAnywhereBytes ? [] : caseForms(text);
  return [...inOneCase, ...normalForms(text, whole).flatMap(plainForms), ...otherCharsets(text, whole)].map((form) => ({
    text: form,
    head: headBytes,
  }));
}

function formsOfUnits(text: string): readonly Form[] {
  const bytes = Buffer.from(text);
  return hasUnitForms(bytes) ? [...unitForms(text), ...dumpForms(bytes)] : [];
}
