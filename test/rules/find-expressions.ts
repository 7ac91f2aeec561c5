import { posix } from "node:path";
import { parseSync } from "oxc-parser";
import { z } from "zod";
import { programs, type Source } from "./sources.ts";

/** A regular expression of the sources. */
export interface Expression {
  readonly pattern: string;
  readonly flags: string;
  /** Where it stands, as `path:line`. */
  readonly place: string;
}

/** A node of a parsed file. There are a million of them: only those that matter are read by a schema. */
type Node = Readonly<Record<string, unknown>> & { readonly type: string };

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

const node = z.custom<Node>(isNode);

const regex = z.looseObject({
  start: z.number(),
  regex: z.object({ pattern: z.string(), flags: z.string() }),
});
const construction = z.looseObject({
  start: z.number(),
  callee: z.looseObject({ name: z.literal("RegExp") }),
  arguments: z.array(node),
});

/** What a file fills in while it runs. All of them are names and escaped texts: one letter stands for them. */
const filledIn = "x";

/** Every regular expression that a file writes as a literal or makes with `RegExp(`, constants put in. */
export function expressionsOf(source: Source): readonly Expression[] {
  const program = node.parse(parseSync(source.path, source.text).program);
  const constants = constantsOf(source.path, program);
  const found: Expression[] = [];
  const add = (start: number, pattern: string, flags: string): void => {
    found.push({ pattern, flags, place: `${source.path}:${source.text.slice(0, start).split("\n").length}` });
  };
  const visit = (one: Node): void => {
    const literal = one.type === "Literal" ? regex.safeParse(one).data : undefined;
    if (literal !== undefined) return add(literal.start, literal.regex.pattern, literal.regex.flags);
    const isCall = one.type === "NewExpression" || one.type === "CallExpression";
    const made = isCall ? construction.safeParse(one).data : undefined;
    const [pattern, flags] = made?.arguments ?? [];
    // A copy of another expression has no flags of its own, and no text.
    if (made !== undefined && (flags !== undefined || !isExpression(pattern, constants))) {
      add(made.start, textOf(pattern, constants), flags === undefined ? "" : textOf(flags, constants));
    }
    for (const child of childrenOf(one)) visit(child);
  };
  visit(program);
  return found;
}

interface Constant {
  readonly text: () => string;
  readonly isExpression: boolean;
}
type Constants = ReadonlyMap<string, Constant>;

function isExpression(one: Node | undefined, constants: Constants): boolean {
  if (one?.type === "Identifier") return constants.get(String(one["name"]))?.isExpression === true;
  return regex.safeParse(one).success || construction.safeParse(one).success;
}

/** What a file's constants stand for, its own and those that it imports from files of its package. */
function constantsOf(path: string, program: Node): Constants {
  const constants = new Map<string, Constant>();
  const visit = (one: Node): void => {
    if (one.type === "VariableDeclarator") {
      const named = z.looseObject({ id: z.looseObject({ name: z.string() }), init: node }).safeParse(one).data;
      if (named !== undefined) {
        const { id, init } = named;
        constants.set(id.name, { text: () => textOf(init, constants), isExpression: isExpression(init, constants) });
      }
    }
    if (one.type === "ImportDeclaration") {
      const { source, specifiers } = imported.parse(one);
      const file = posix.join(posix.dirname(path), source.value);
      for (const { local } of specifiers) {
        constants.set(local.name, { text: () => constantIn(file, local.name), isExpression: false });
      }
    }
    for (const child of childrenOf(one)) visit(child);
  };
  visit(program);
  return constants;
}

const imported = z.looseObject({
  source: z.looseObject({ value: z.string() }),
  specifiers: z.array(z.looseObject({ local: z.looseObject({ name: z.string() }) })),
});

function constantIn(file: string, name: string): string {
  const source = programs.find(({ path }) => path === file);
  if (source === undefined) return filledIn;
  const program = node.parse(parseSync(source.path, source.text).program);
  return constantsOf(source.path, program).get(name)?.text() ?? filledIn;
}

/** The text of an expression that is put together from constants. */
function textOf(given: unknown, constants: Constants): string {
  const one = node.safeParse(given).data;
  if (one === undefined) return filledIn;
  switch (one.type) {
    case "Literal":
      return regex.safeParse(one).data?.regex.pattern ?? String(one["value"]);
    case "TemplateLiteral":
      return joinTemplate(one, "cooked", constants);
    case "TaggedTemplateExpression":
      return joinTemplate(one["quasi"], "raw", constants);
    case "BinaryExpression":
      return textOf(one["left"], constants) + textOf(one["right"], constants);
    case "Identifier":
      return constants.get(String(one["name"]))?.text() ?? filledIn;
    case "CallExpression":
      return calledText(one, constants);
    case "MemberExpression":
      return textOf(one["object"], constants); // `.source` of a constant
    case "NewExpression":
      return textOf(construction.safeParse(one).data?.arguments[0], constants);
    default:
      return filledIn;
  }
}

/** `String.fromCodePoint(0x1b)`: how this code writes a control character. */
function calledText(one: Node, constants: Constants): string {
  const call = z.looseObject({
    callee: z.looseObject({ property: z.looseObject({ name: z.literal("fromCodePoint") }) }),
    arguments: z.tuple([node]),
  });
  const code = Number(textOf(call.safeParse(one).data?.arguments[0], constants));
  return Number.isInteger(code) ? String.fromCodePoint(code) : filledIn;
}

const template = z.looseObject({
  quasis: z.array(z.looseObject({ value: z.object({ cooked: z.string(), raw: z.string() }) })),
  expressions: z.array(z.unknown()),
});

function joinTemplate(given: unknown, form: "cooked" | "raw", constants: Constants): string {
  const { quasis, expressions } = template.parse(given);
  return quasis
    .map(({ value }, index) => (index === 0 ? "" : textOf(expressions[index - 1], constants)) + value[form])
    .join("");
}

function childrenOf(one: Node): readonly Node[] {
  return Object.entries(one).flatMap(([key, value]) => {
    if (key === "regex") return [];
    return (Array.isArray(value) ? value : [value]).filter(isNode);
  });
}
