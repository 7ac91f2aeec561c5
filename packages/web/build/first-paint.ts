import type { Plugin } from "vite";

/** Puts the style sheets of the build behind the blocks that stand for the page, which are then drawn before they come. */
export function firstPaint(): Plugin {
  return {
    name: "sealrun-first-paint",
    apply: "build",
    transformIndexHtml: { order: "post", handler: moveStyles },
  };
}

const root = '<div id="root">';

/**
 * Moves the links to style sheets from the head to the place before the root: a sheet holds back what comes after it,
 * and what the component library puts into the root must come after its sheets.
 */
export function moveStyles(html: string): string {
  const lines = html.split("\n");
  const links = lines.filter(isStyleSheet).map((line) => line.trim());
  return lines
    .filter((line) => !isStyleSheet(line))
    .join("\n")
    .replace(root, `${links.join("")}${root}`);
}

/** Vite writes each link on a line of its own. */
function isStyleSheet(line: string): boolean {
  return line.trim().startsWith('<link rel="stylesheet"');
}
