import { parseSync } from "oxc-parser";
import { z } from "zod";

/** A node of a parsed file; only what is looked at. */
const node = z.looseObject({ type: z.string() });
type Node = z.infer<typeof node>;

const gap = "{}";
const logCalls = new Set(["info", "warn", "error", "fatal", "debug"]);
/** Words that start a statement of SQL, a style, a policy or a program, none of which people read. */
const forMachines =
  /^(?:select|insert|update|delete|with|alter|create|set|where|from|and|lock|begin|commit|on conflict|order by|default-src|calc\()\b/;

/**
 * The texts of a file that people may read: what is logged, told with an error, shown on a page or printed by a command.
 * A value in a text is `{}`. With `isQuiet` only errors and logs are read: the other strings of the file are for machines.
 */
export function readTexts(path: string, source: string, { isQuiet }: { readonly isQuiet: boolean }): readonly string[] {
  const found: string[] = [];
  const keep = (text: string): void => {
    const plain = text.replace(/\s+/g, " ").trim();
    if (isText(plain)) found.push(plain);
  };
  const visit = (one: Node, isTold: boolean): void => {
    if (one.type === "ImportDeclaration" || isOfTypes(one)) return;
    if (one.type === "JSXElement" || one.type === "JSXFragment") {
      if (hasOwnText(one)) keep(jsxText(one));
      for (const child of childrenOf(one)) if (!isJsxText(child)) visit(child, true);
      return;
    }
    const text = textOf(one);
    if (text !== undefined) {
      if (isTold || !isQuiet) keep(text);
      for (const child of childrenOf(one)) visit(child, isTold);
      return;
    }
    const tells = isTold || isTelling(one);
    for (const child of childrenOf(one)) visit(child, tells);
  };
  visit(node.parse(parseSync(path, source).program), false);
  return found;
}

/** The sentences of a text: a full stop, a semicolon or a new line ends one. */
export function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.!?;:])\s+|\n/).filter((sentence) => sentence !== "");
}

/** Three words at least, the first of which is one of a text. */
function isText(text: string): boolean {
  const words = text.split(" ").filter((word) => /^[("'“]?[A-Za-z{][\w{}'’/-]*[.,;:!?)"'”]*$/.test(word));
  return words.length >= 3 && words.length * 2 > text.split(" ").length && !forMachines.test(text);
}

/** A string, a template, or several put together with `+`. */
function textOf(one: Node): string | undefined {
  if (one.type === "Literal") return typeof one["value"] === "string" ? one["value"] : undefined;
  if (one.type === "TemplateLiteral") {
    const pieces = z.array(z.looseObject({ value: z.looseObject({ cooked: z.string() }) })).parse(one["quasis"]);
    return pieces.map(({ value }) => value.cooked).join(gap);
  }
  return undefined;
}

/** Types hold no texts; `as const` and `satisfies` stand around values. */
function isOfTypes({ type }: Node): boolean {
  return type.startsWith("TS") && !type.endsWith("Expression");
}

function isTelling(one: Node): boolean {
  if (one.type === "NewExpression") return nameOf(one["callee"]).endsWith("Error");
  return one.type === "CallExpression" && logCalls.has(propertyOf(one["callee"]));
}

function nameOf(of: unknown): string {
  return z.looseObject({ name: z.string() }).safeParse(of).data?.name ?? "";
}

function propertyOf(of: unknown): string {
  return nameOf(z.looseObject({ property: z.unknown() }).safeParse(of).data?.property);
}

function isJsxText(one: Node): boolean {
  return one.type === "JSXText";
}

function hasOwnText(one: Node): boolean {
  return jsxChildren(one).some((child) => isJsxText(child) && /\w/.test(String(child["value"])));
}

function jsxChildren(one: Node): readonly Node[] {
  return z.array(node).safeParse(one["children"]).data ?? [];
}

function jsxText(one: Node): string {
  return jsxChildren(one)
    .map((child) => {
      if (isJsxText(child)) return String(child["value"]);
      if (child.type === "JSXExpressionContainer") {
        const inside = node.safeParse(child["expression"]).data;
        return (inside && textOf(inside)) ?? gap;
      }
      return jsxText(child) || gap;
    })
    .join("");
}

function childrenOf(one: Node): readonly Node[] {
  return Object.values(one).flatMap((value) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.flatMap((item) => node.safeParse(item).data ?? []);
  });
}
