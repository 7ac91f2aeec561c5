import type { CSSProperties, ReactNode } from "react";
import { type AnsiColor, type AnsiStyle } from "./ansi.ts";
import { readableColor } from "./ansi-color.ts";
import { findPattern, type LinePart, lineParts } from "./line-parts.ts";
import type { SourcePlace } from "./source-places.ts";
import classes from "./line-text.module.css";
import hidden from "../text/shown-text.module.css";

/** Shows a part of a line that names a line of the package. */
export type ShowPlace = (place: SourcePlace, content: ReactNode, key: number) => ReactNode;

/**
 * A line of output or a text of a result, with terminal colours, marked masks, links to web addresses, and hidden
 * characters by code point. Where it names a line of one of `sources.files`, that part is shown by `sources.show`.
 */
export function LineText(props: {
  readonly text: string;
  readonly find?: RegExp | undefined;
  readonly sources?: { readonly files: ReadonlySet<string>; readonly show: ShowPlace } | undefined;
}): ReactNode {
  const { text, find, sources } = props;
  const parts = lineParts(text, find ?? nothing, sources?.files);
  return (
    <bdi>
      {parts.map((part, index) => {
        const shown = showPart(part, index);
        if (part.href !== undefined) return showAddress(part.href, shown, index);
        return sources === undefined || part.place === undefined ? shown : sources.show(part.place, shown, index);
      })}
    </bdi>
  );
}

const nothing = findPattern("");

/** The site learns neither this page's address nor anything else of it. */
function showAddress(href: string, content: ReactNode, key: number): ReactNode {
  return (
    <a key={key} className={classes["address"]} href={href} target="_blank" rel="noopener noreferrer">
      {content}
    </a>
  );
}

function showPart(part: LinePart, index: number): ReactNode {
  const { style } = part;
  const isPlain = part.kind === "text" && !part.isFound && Object.keys(style).length === 0;
  if (isPlain) return part.text;
  const content = (
    <span key={index} className={classNames(part)} style={colors(style)} title={titles[part.kind]}>
      {part.text}
    </span>
  );
  return part.isFound ? (
    <mark key={index} className={classes["found"]}>
      {content}
    </mark>
  ) : (
    content
  );
}

const titles = { text: undefined, mask: "Masked secret", hidden: "Invisible character" } as const;

function classNames({ kind, style }: LinePart): string {
  const { isBold, isFaint, isItalic, isUnderlined, isStruck } = style;
  return [
    kind === "mask" ? classes["mask"] : undefined,
    kind === "hidden" ? hidden["hidden"] : undefined,
    isBold === true ? classes["bold"] : undefined,
    isFaint === true ? classes["faint"] : undefined,
    isItalic === true ? classes["italic"] : undefined,
    isUnderlined === true ? classes["underlined"] : undefined,
    isStruck === true ? classes["struck"] : undefined,
  ]
    .filter((name) => name !== undefined)
    .join(" ");
}

/**
 * A background is a tint, and text on it keeps its usual colour, so that it can be read whatever a script chooses. Set
 * through the CSSOM, which the page's content security policy allows.
 */
function colors({ color, background, isInverse }: AnsiStyle): CSSProperties | undefined {
  const ground = isInverse === true ? (color ?? inverse) : background;
  if (ground !== undefined) return { background: `color-mix(in srgb, ${cssColor(ground)} 22%, transparent)` };
  return color === undefined ? undefined : { color: cssColor(color) };
}

const inverse: AnsiColor = { kind: "named", index: 8 };

function cssColor(color: AnsiColor): string {
  return color.kind === "named" ? `var(--ansi-${color.index})` : readableColor(color.rgb);
}
