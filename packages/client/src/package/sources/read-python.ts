/** One module that a Python script imports when it starts. */
export interface PythonImport {
  /** As written after `import` or `from`: `a.b`; with dots in front it is relative. */
  readonly module: string;
  /** The names after `from … import`, which may be modules too. */
  readonly names: readonly string[];
  /** From 1. */
  readonly line: number;
}

/**
 * The imports at the top level of a Python text, outside of any block: those in `try`, `if` and functions may fail or
 * never run. Reads strings, comments, brackets and continued lines, and nothing else of the language.
 */
export function readPythonImports(text: string): readonly PythonImport[] {
  return statementsOf(text).flatMap(({ code, line }) => importsIn(code).map((found) => ({ ...found, line })));
}

interface Statement {
  readonly code: string;
  readonly line: number;
}

/** The statements that are not indented, with strings emptied, and spaces for line ends inside them. */
function statementsOf(text: string): readonly Statement[] {
  const statements: Statement[] = [];
  let code = "";
  let line = 1;
  let startLine = 1;
  let depth = 0;
  const end = (): void => {
    if (/^[a-z]/.test(code))
      for (const part of code.split(";")) statements.push({ code: part.trim(), line: startLine });
    code = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (code === "") startLine = line;
    if (letter === "#") {
      at = endOfLine(text, at) - 1;
    } else if (letter === '"' || letter === "'") {
      const after = endOfString(text, at);
      line += linesIn(text, at, after);
      code += '""';
      at = after - 1;
    } else if (letter === "\\" && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      at = endOfLine(text, at);
      line += 1;
      code += " ";
    } else if (letter === "\n") {
      line += 1;
      if (depth > 0) code += " ";
      else end();
    } else {
      if ("([{".includes(letter)) depth += 1;
      if (")]}".includes(letter)) depth = Math.max(0, depth - 1);
      code += letter;
    }
  }
  end();
  return statements;
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found === -1 ? text.length : found;
}

/** A string of one line that is not closed ends with its line. */
function endOfString(text: string, from: number): number {
  const quote = text[from] ?? "";
  const isLong = text.startsWith(quote.repeat(3), from);
  const close = isLong ? quote.repeat(3) : quote;
  for (let at = from + close.length; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith(close, at)) return at + close.length;
    else if (!isLong && text[at] === "\n") return at;
  }
  return text.length;
}

function linesIn(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

const moduleName = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

function isModule(text: string): boolean {
  const name = text.replace(/^\.+/, "");
  return name === "" ? text !== "" : moduleName.test(name);
}

function importsIn(code: string): readonly Omit<PythonImport, "line">[] {
  const [word, ...rest] = code.split(/\s+/);
  if (word === "import") {
    return rest
      .join(" ")
      .split(",")
      .map((part) => part.trim().split(" ", 1)[0] ?? "")
      .flatMap((module) => (moduleName.test(module) ? [{ module, names: [] }] : []));
  }
  const [module = "", keyword] = rest;
  if (word !== "from" || keyword !== "import" || !isModule(module)) return [];
  const names = rest.slice(2).join(" ").replaceAll(/[()]/g, " ").split(",");
  return [{ module, names: names.flatMap((name) => name.trim().split(" ", 1)) }];
}
