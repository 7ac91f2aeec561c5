/** One module that a script names in a text. */
export interface ScriptImport {
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `static` is resolved before the script starts, `dynamic` and `require` when it gets there. */
  readonly how: "static" | "dynamic" | "require";
  /** The script expects that it may fail: in a `try`, or with a `catch`. */
  readonly isGuarded: boolean;
  /** In a function or behind a condition: it may never be reached. */
  readonly isConditional: boolean;
}

/** A node of a syntax tree. */
type Node = Readonly<Record<string, unknown>>;

/** True for an object whose fields can be looked at. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

interface Visit {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly field: string;
  /** In a place that declares names. */
  readonly isBinding: boolean;
  readonly isGuarded: boolean;
  readonly isConditional: boolean;
}

/** What is known of a script after a walk through its tree. */
interface Found {
  readonly imports: { readonly made: ScriptImport; readonly locals: readonly string[] | undefined }[];
  /** Names in places where a value is meant. */
  readonly used: Set<string>;
  /** Names that the script itself declares somewhere. */
  readonly declared: Set<string>;
}

/**
 * The modules that a script imports by a literal name. Imports of types are left out, and so are those in TypeScript
 * whose names are used only as types: the compiler removes them.
 */
export function readImports(tree: Node, isTyped: boolean): readonly ScriptImport[] {
  const found: Found = { imports: [], used: new Set(), declared: new Set() };
  const waiting: Visit[] = [
    { node: tree, parent: undefined, field: "", isBinding: false, isGuarded: false, isConditional: false },
  ];
  // Not recursive: a long chain of calls is nested as deeply as it is long.
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    record(visit, found);
    addChildren(visit, waiting);
  }
  const isKept = (locals: readonly string[] | undefined): boolean =>
    !isTyped || locals === undefined || locals.some((name) => found.used.has(name) && !found.declared.has(name));
  return found.imports
    .filter(({ made, locals }) => isKept(locals) && !(made.how === "require" && found.declared.has("require")))
    .map(({ made }) => made)
    .toSorted((left, right) => left.line - right.line || left.column - right.column);
}

/** Fields that hold no code, or only types. */
const skippedFields = new Set([
  "loc",
  "extra",
  "errors",
  "comments",
  "tokens",
  "typeAnnotation",
  "typeParameters",
  "typeArguments",
  "returnType",
  "implements",
  "superTypeParameters",
]);
const functions = /^(?:Arrow)?Function|Method$|^ClassPrivateMethod$|^Class(?:Private|Accessor)?Property$/;
const conditions = /^(?:If|Switch|For\w*|While|DoWhile|Try)Statement$|^(?:Conditional|Logical)Expression$/;

const bindingFields = new Set(["id", "params", "param"]);
/** Where the names of a pattern are. */
const patternFields = new Map([
  ["ObjectPattern", ["properties"]],
  ["ObjectProperty", ["value"]],
  ["ArrayPattern", ["elements"]],
  ["AssignmentPattern", ["left"]],
  ["RestElement", ["argument"]],
  ["TSParameterProperty", ["parameter"]],
]);

function addChildren({ node, isBinding, isGuarded, isConditional }: Visit, waiting: Visit[]): void {
  const type = String(node["type"]);
  if (/^TSType(?!Assertion)/.test(type) || type === "TSInterfaceDeclaration" || node["declare"] === true) return;
  if (type === "ImportDeclaration") return;
  const isWithin = isConditional || functions.test(type) || conditions.test(type);
  for (const [field, value] of Object.entries(node)) {
    if (!isNode(value) || skippedFields.has(field)) continue;
    const shared = {
      parent: node,
      field,
      isBinding: bindingFields.has(field)
        ? type !== "TSImportEqualsDeclaration"
        : isBinding && (patternFields.get(type)?.includes(field) ?? false),
      isGuarded: isGuarded || (type === "TryStatement" && field === "block") || isCaught(node, field),
      isConditional: isWithin,
    };
    const inner: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const child of inner) {
      if (isNode(child) && typeof child["type"] === "string") waiting.push({ node: child, ...shared });
    }
  }
}

/** In `import("x").catch(…)` and `import("x").then(…, …)` a failure is expected. */
function isCaught(node: Node, field: string): boolean {
  if (field !== "object" || !isNode(node["property"])) return false;
  return node["property"]["name"] === "catch" || node["property"]["name"] === "then";
}

function record(visit: Visit, found: Found): void {
  const { node } = visit;
  switch (node["type"]) {
    case "ImportDeclaration":
      return recordDeclaration(visit, found);
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      if (node["exportKind"] !== "type")
        add(visit, found, { source: node["source"], how: "static", locals: undefined });
      return undefined;
    case "TSImportEqualsDeclaration":
      return recordEquals(visit, found);
    case "ImportExpression":
      return add(visit, found, { source: node["source"], how: "dynamic", locals: undefined });
    case "CallExpression":
      return recordCall(visit, found);
    case "Identifier":
    case "JSXIdentifier":
      return recordName(visit, found);
    default:
      return undefined;
  }
}

function recordDeclaration(visit: Visit, found: Found): void {
  const { node } = visit;
  const specifiers = (Array.isArray(node["specifiers"]) ? node["specifiers"] : []).filter(isNode);
  const values = specifiers.filter(({ importKind }) => importKind !== "type" && importKind !== "typeof");
  if (node["importKind"] === "type" || node["importKind"] === "typeof") return;
  if (specifiers.length > 0 && values.length === 0) return;
  const locals = values.flatMap(({ local }) => (isNode(local) ? [String(local["name"])] : []));
  add(visit, found, { source: node["source"], how: "static", locals: specifiers.length === 0 ? undefined : locals });
}

function recordEquals(visit: Visit, found: Found): void {
  const { moduleReference, importKind, id } = visit.node;
  if (importKind === "type" || !isNode(moduleReference) || !isNode(id)) return;
  add(visit, found, { source: moduleReference["expression"], how: "static", locals: [String(id["name"])] });
}

function recordCall(visit: Visit, found: Found): void {
  const { callee, arguments: given } = visit.node;
  if (!isNode(callee) || !Array.isArray(given) || given.length === 0) return;
  const source: unknown = given[0];
  if (callee["type"] === "Import") add(visit, found, { source, how: "dynamic", locals: undefined });
  if (callee["type"] === "Identifier" && callee["name"] === "require" && given.length === 1) {
    add(visit, found, { source, how: "require", locals: undefined });
  }
}

/** An identifier that names a property, a label or an export is not the use of a variable. */
function recordName({ node, parent, field, isBinding }: Visit, { used, declared }: Found): void {
  const isProperty = (field === "property" || field === "key") && parent?.["computed"] !== true;
  if (isProperty || field === "exported" || field === "label" || field === "meta") return;
  (isBinding ? declared : used).add(String(node["name"]));
}

interface Named {
  readonly source: unknown;
  readonly how: ScriptImport["how"];
  readonly locals: readonly string[] | undefined;
}

function add({ node, isGuarded, isConditional }: Visit, { imports }: Found, { source, how, locals }: Named): void {
  if (!isNode(source) || typeof source["value"] !== "string") return;
  const place = isNode(source["loc"]) && isNode(source["loc"]["start"]) ? source["loc"]["start"] : node;
  const line = Number(place["line"]);
  const column = Number(place["column"]) + 1;
  imports.push({ made: { specifier: source["value"], line, column, how, isGuarded, isConditional }, locals });
}
