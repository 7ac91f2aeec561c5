/** `text` as the inside of a Python literal: `repr`, `ascii`, and the `repr` of its bytes, with each kind of quotes. */
export function pythonForms(text: string): readonly string[] {
  const repr = escaped(text, /[\p{C}\p{Z}]/u);
  const ascii = escaped(text, /[^\x20-\x7e]/u);
  const bytes = escaped(Buffer.from(text).toString("latin1"), /[^\x20-\x7e]/u);
  return [repr, ascii, bytes].flatMap((form) => [form, form.replaceAll("'", "\\'")]);
}

function escaped(text: string, isEscaped: RegExp): string {
  let form = "";
  for (const character of text) {
    if (character === " ") form += character;
    else if (Object.hasOwn(short, character)) form += short[character] ?? "";
    else if (isEscaped.test(character)) form += escapeOf(character.codePointAt(0) ?? 0);
    else form += character;
  }
  return form;
}

const short: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeOf(code: number): string {
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
