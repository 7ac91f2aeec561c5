const languages: Readonly<Record<string, string>> = {
  ts: "typescript",
  mts: "typescript",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  py: "python",
  sh: "bash",
  json: "json",
  md: "markdown",
  yaml: "yaml",
  yml: "yaml",
  toml: "ini",
  ini: "ini",
  cfg: "ini",
  sql: "sql",
  xml: "xml",
  html: "xml",
  css: "css",
};

/** The name of a file's language for highlighting; `plaintext` for an unknown one. */
export function languageOf(path: string): string {
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return languages[ending] ?? "plaintext";
}
