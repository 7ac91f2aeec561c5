import { inspect } from "node:util";

import { jsonInner } from "./json-forms.ts";

/**
 * `text` as Node prints a string inside a structure, with doubled quotes (SQL, CSV, YAML, PowerShell), and with a
 * backslash before both kinds of quotes (MySQL, PHP).
 */
export function literalForms(text: string): readonly string[] {
  const node = inspect(text, { compact: true, breakLength: Infinity, maxStringLength: Infinity }).slice(1, -1);
  const escaped = text.replaceAll(/['"\\]/g, "\\$&");
  const escapedLines = jsonInner(text).replaceAll("'", "\\'");
  return [
    escaped,
    escapedLines,
    node,
    text.replaceAll("'", "''"),
    text.replaceAll('"', '""'),
    text.replaceAll("\\", "\\\\"),
  ];
}
