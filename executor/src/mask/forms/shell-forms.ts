/**
 * `text` as shells and programs for them quote it: in single quotes (`'\''`, or Python's `'"'"'`), in double quotes
 * (`declare -p`), with a backslash before each special character (`printf %q`), and as `$'…'`.
 */
export function shellForms(text: string): readonly string[] {
  return [
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/["$`\\]/g, "\\$&"),
    text.replaceAll(/[ \t!"$&'()*,;<>?[\]^`{|}\\]|^#|^~|(?<=[:=])~/g, "\\$&"),
    ansiQuoted(text, false),
    ansiQuoted(text, true),
  ];
}

const letters: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\x1b": "\\E",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "'": "\\'",
  "\\": "\\\\",
};

/** Bash's `$'…'`; in a locale of ASCII, every byte of another character in octal. */
function ansiQuoted(text: string, isAscii: boolean): string {
  let form = "";
  for (const character of text) {
    if (Object.hasOwn(letters, character)) form += letters[character] ?? "";
    else if (/\p{Cc}/u.test(character) || (isAscii && character > "\x7e")) form += octal(character);
    else form += character;
  }
  return form;
}

function octal(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
