/** `text` as the inside of a string literal: JSON in its dialects, JSON within JSON, Python and Node, shell, HTML. */
export function escapedForms(text: string): readonly string[] {
  const json = jsonInner(text);
  const slashes = json.replaceAll("/", "\\/");
  const html = json.replaceAll(/[<>&\u2028\u2029]/g, escapeUnit); // Go's encoding/json
  const once = [json, slashes, html].flatMap((form) => [form, asciiOnly(form), upperEscapes(asciiOnly(form))]);
  return [...once, jsonInner(json), jsonInner(asciiOnly(json)), ...literals(text)];
}

/** JSON text with every character outside ASCII as `\uXXXX`, as Python's `json.dumps` writes it by default. */
export function asciiOnly(json: string): string {
  return json.replaceAll(/[^\0-\x7e]/g, escapeUnit);
}

function jsonInner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function upperEscapes(json: string): string {
  return json.replaceAll(/\\(?:u[0-9a-f]{4}|.)/g, (escape) =>
    escape.length === 6 ? `\\u${escape.slice(2).toUpperCase()}` : escape,
  );
}

function literals(text: string): readonly string[] {
  const controls = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(/\p{Cc}/gu, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`);
  const html = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quotedHtml = html.replaceAll('"', "&quot;");
  return [
    controls,
    controls.replaceAll("'", "\\'"),
    text.replaceAll("'", "'\\''"),
    html,
    quotedHtml,
    quotedHtml.replaceAll("'", "&#39;"),
    quotedHtml.replaceAll("'", "&#x27;"),
  ];
}
