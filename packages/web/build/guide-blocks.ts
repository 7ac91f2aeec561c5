import { posix } from "node:path";
import { lexer, type MarkedToken, type Token } from "marked";
import type { Block, Inline, LinkTarget } from "../src/pages/guides/guide-content.ts";

/** A page of Markdown, taken apart. Anything that the guides have no form for is a TypeError that shows it. */
export function readBlocks(path: string, markdown: string): readonly Block[] {
  const ids = new Map<string, number>();
  return blocksOf(lexer(markdown), { path, ids });
}

/** The words of a sentence, without their looks. */
export function plainText(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (part.kind === "break") return " ";
      return "text" in part ? part.text : plainText(part.parts);
    })
    .join("");
}

/** The guide that a file of the guides is: `reference/cli.md` is `reference/cli`. */
export function guideName(path: string): string {
  return path.replace(/\.md$/, "");
}

interface Place {
  /** From the folder of the guides. */
  readonly path: string;
  /** Headings so far, to tell equal ones apart. */
  readonly ids: Map<string, number>;
}

function blocksOf(tokens: readonly Token[], place: Place): readonly Block[] {
  return tokens.flatMap((token) => (isMarked(token) ? blockOf(token, place) : refuse(place, token)));
}

function blockOf(token: MarkedToken, place: Place): readonly Block[] {
  const { path } = place;
  switch (token.type) {
    case "space":
      return [];
    case "heading": {
      const parts = inlinesOf(token.tokens, path);
      return [{ kind: "heading", depth: token.depth, id: anchorOf(plainText(parts), place.ids), parts }];
    }
    case "paragraph":
      return [{ kind: "paragraph", parts: inlinesOf(token.tokens, path) }];
    case "text":
      return [{ kind: "paragraph", parts: inlinesOf(token.tokens ?? [token], path) }];
    case "code":
      return [{ kind: "code", language: token.lang ?? "", text: token.text }];
    case "table":
      return [
        {
          kind: "table",
          head: token.header.map((cell) => inlinesOf(cell.tokens, path)),
          rows: token.rows.map((row) => row.map((cell) => inlinesOf(cell.tokens, path))),
        },
      ];
    case "list":
      return [
        { kind: "list", isOrdered: token.ordered, items: token.items.map((item) => blocksOf(item.tokens, place)) },
      ];
    default:
      return refuse(place, token);
  }
}

function inlinesOf(tokens: readonly Token[], path: string): readonly Inline[] {
  return tokens.map((token) => (isMarked(token) ? inlineOf(token, path) : refuse({ path }, token)));
}

function inlineOf(token: MarkedToken, path: string): Inline {
  switch (token.type) {
    case "text":
    case "escape":
      return { kind: "text", text: token.text };
    case "codespan":
      return { kind: "code", text: token.text };
    case "strong":
      return { kind: "strong", parts: inlinesOf(token.tokens, path) };
    case "em":
      return { kind: "emphasis", parts: inlinesOf(token.tokens, path) };
    case "br":
      return { kind: "break" };
    case "link":
      return { kind: "link", to: targetOf(token.href, path), parts: inlinesOf(token.tokens, path) };
    default:
      return refuse({ path }, token);
  }
}

/** A link of Markdown. What a browser would run is no address. */
function targetOf(href: string, path: string): LinkTarget {
  if (/^https?:\/\//.test(href)) return { kind: "outside", url: href };
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) throw new TypeError(`packages/docs/${path} has a link to ${href}`);
  const [file = "", anchor] = href.split("#");
  const target = file === "" ? path : posix.join(posix.dirname(path), file);
  if (target === "README.md") return { kind: "index", heading: anchor };
  if (!target.startsWith("..")) return { kind: "guide", guide: guideName(target), heading: anchor };
  return { kind: "file", path: posix.join("packages/docs", target) };
}

/** As code hosts make it; the second of two equal ones ends with -1. */
function anchorOf(text: string, ids: Map<string, number>): string {
  const base = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
  const count = ids.get(base) ?? 0;
  ids.set(base, count + 1);
  return count === 0 ? base : `${base}-${count}`;
}

/** Extensions, which alone have other types, are not in use. */
function isMarked(token: Token): token is MarkedToken {
  return token.type !== "generic";
}

function refuse({ path }: Pick<Place, "path">, { type, raw }: Token): never {
  throw new TypeError(`packages/docs/${path}: the web UI does not show ${type}: ${raw.slice(0, 80)}`);
}
