import type { Plugin } from "vite";
import { type Guides, readGuides } from "./read-guides.ts";

const index = "virtual:guides";
const search = "virtual:guides/search";
const guide = "virtual:guide/";

/**
 * The guides as modules: `virtual:guides` is the list, `virtual:guides/search` their text, and each guide is a file of
 * its own. A link to a guide or a heading that is not there fails the build.
 */
export function guides(folder: string): Plugin {
  let known: Promise<Guides> | undefined;
  return {
    name: "sealrun-guides",
    buildStart() {
      known = undefined;
    },
    resolveId(id) {
      return id === index || id === search || id.startsWith(guide) ? `\0${id}` : undefined;
    },
    async load(resolved) {
      if (!resolved.startsWith("\0virtual:guide")) return undefined;
      known ??= readGuides(folder);
      const found = await known;
      for (const file of found.files) this.addWatchFile(file);
      if (found.broken.length > 0) this.error(found.broken.join("\n"));
      return moduleOf(resolved.slice(1), found);
    },
    handleHotUpdate({ file }) {
      if (file.startsWith(folder)) known = undefined;
    },
  };
}

function moduleOf(id: string, { entries, words, sections, guides }: Guides): string | undefined {
  if (id === search) return `export const sections = ${JSON.stringify(sections)};`;
  if (id === index) {
    const loaders = entries.map(({ name }) => `${JSON.stringify(name)}: () => import("${guide}${name}")`);
    return [
      `export const entries = ${JSON.stringify(entries)};`,
      `export const words = ${JSON.stringify(words)};`,
      `export const loaders = { ${loaders.join(", ")} };`,
    ].join("\n");
  }
  const found = guides.find(({ name }) => `${guide}${name}` === id);
  return found === undefined ? undefined : `export const guide = ${JSON.stringify(found)};`;
}
