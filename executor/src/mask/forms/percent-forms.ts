/** For each kind of escaping: the characters it keeps besides letters and digits, and how it writes a space. */
const dialects = [
  { keeps: "-_.!~*'()", space: "%20" }, // encodeURIComponent
  { keeps: "-_.~", space: "%20" }, // RFC 3986
  { keeps: "-_.~/", space: "%20" }, // Python's quote
  { keeps: "-_.!~*'();/?:@&=+$,#", space: "%20" }, // encodeURI
  { keeps: "-_.*", space: "+" }, // HTML forms, URLSearchParams
  { keeps: "-_.~", space: "+" }, // Python's quote_plus
  { keeps: "-_.", space: "+" }, // PHP's urlencode
  { keeps: "!$%&'()*+,-./:;=@[\\]_|~", space: "%20" }, // the path of a URL object
  { keeps: "!$%&()*+,-./:;=?@[\\]^_`{|}~", space: "%20" }, // its query
] as const;

/** `bytes` as URL escaping and form encoding write them, with upper and lower case hex. */
export function percentForms(bytes: Uint8Array): readonly string[] {
  if (bytes.every((byte) => unreserved.test(String.fromCharCode(byte)))) return [];
  return tables.map((table) => {
    let form = "";
    for (const byte of bytes) form += table[byte] ?? "";
    return form;
  });
}

const unreserved = /[A-Za-z0-9_.-]/;

const tables = dialects.flatMap((dialect) => [table(dialect, false), table(dialect, true)]);

function table(dialect: (typeof dialects)[number], lowerCase: boolean): readonly string[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte);
    if (character === " ") return dialect.space;
    if (/[A-Za-z0-9]/.test(character) || dialect.keeps.includes(character)) return character;
    const hex = byte.toString(16).padStart(2, "0");
    return `%${lowerCase ? hex : hex.toUpperCase()}`;
  });
}
