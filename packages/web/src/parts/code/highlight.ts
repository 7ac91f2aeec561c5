import type { ElementContent, Root, RootContent } from "hast";
import { common, createLowlight } from "lowlight";

/** What a piece of code is, which decides its colour. */
type CodeKind = "keyword" | "string" | "number" | "comment" | "name" | "variable";

/** A piece of a line of code. */
export interface CodePiece {
  readonly text: string;
  readonly kind: CodeKind | undefined;
}

const lowlight = createLowlight(common);

const kinds: Readonly<Record<string, CodeKind>> = {
  "hljs-keyword": "keyword",
  "hljs-built_in": "keyword",
  "hljs-type": "keyword",
  "hljs-literal": "keyword",
  "hljs-selector-tag": "keyword",
  "hljs-string": "string",
  "hljs-regexp": "string",
  "hljs-symbol": "string",
  "hljs-addition": "string",
  "hljs-number": "number",
  "hljs-comment": "comment",
  "hljs-quote": "comment",
  "hljs-meta": "comment",
  "hljs-title": "name",
  "hljs-section": "name",
  "hljs-attr": "name",
  "hljs-attribute": "name",
  "hljs-tag": "name",
  "hljs-name": "name",
  "hljs-variable": "variable",
  "hljs-template-variable": "variable",
  "hljs-subst": "variable",
};

/**
 * The lines of a text, each split into pieces of one kind. An unknown language gives plain lines. A hostile text can
 * take minutes or end with a RangeError: call it only in a worker.
 */
export function highlightLines(text: string, language: string): readonly (readonly CodePiece[])[] {
  const pieces = lowlight.registered(language)
    ? piecesOf(lowlight.highlight(language, text), undefined)
    : [{ text, kind: undefined }];
  const lines: CodePiece[][] = [[]];
  for (const piece of pieces) {
    for (const [index, part] of piece.text.split("\n").entries()) {
      if (index > 0) lines.push([]);
      if (part !== "") lines.at(-1)?.push({ text: part, kind: piece.kind });
    }
  }
  return lines;
}

function piecesOf(node: Root | RootContent | ElementContent, kind: CodeKind | undefined): readonly CodePiece[] {
  if (node.type === "text") return [{ text: node.value, kind }];
  if (!("children" in node)) return [];
  const own = node.type === "element" ? (kindOf(node.properties["className"]) ?? kind) : kind;
  return node.children.flatMap((child) => piecesOf(child, own));
}

function kindOf(classNames: unknown): CodeKind | undefined {
  if (!Array.isArray(classNames)) return undefined;
  return classNames.map((name) => kinds[String(name)]).find((kind) => kind !== undefined);
}
