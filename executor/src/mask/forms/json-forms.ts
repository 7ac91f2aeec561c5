/** `text` as the inside of a JSON string, in its dialects, and of JSON within JSON, up to three times. */
export function jsonForms(text: string): readonly string[] {
  const json = jsonInner(text);
  const slashes = json.replaceAll("/", "\\/");
  const html = json.replaceAll(/[<>&\u2028\u2029]/g, escapeUnit); // Go's encoding/json
  const once = [json, slashes, html].flatMap((form) => [form, asciiOnly(form), upperEscapes(asciiOnly(form))]);
  const twice = [json, asciiOnly(json), html].map(jsonInner);
  return [...once, ...twice, ...twice.map(jsonInner)];
}

/** `text` as the inside of a JSON string, as JavaScript writes it. */
export function jsonInner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** JSON text with every character outside ASCII as `\uXXXX`, as Python's `json.dumps` writes it by default. */
export function asciiOnly(json: string): string {
  return json.replaceAll(/[^\0-\x7e]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function upperEscapes(json: string): string {
  return json.replaceAll(/\\(?:u[0-9a-f]{4}|.)/g, (escape) =>
    escape.length === 6 ? `\\u${escape.slice(2).toUpperCase()}` : escape,
  );
}
