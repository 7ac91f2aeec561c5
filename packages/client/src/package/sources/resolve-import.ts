/** How a file's imports are found: by the compiler, which adds endings, or by Node, which takes a path as it is. */
export type Resolution = "compiler" | "exact" | "require";

const endings = [".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs", ".cts", ".cjs", ".css", ".json", ".node"];
/** TypeScript is imported under the name that its compiled form would have. */
const compiledEndings = new Map([
  [".js", [".ts", ".tsx"]],
  [".jsx", [".tsx"]],
  [".mjs", [".mts"]],
  [".cjs", [".cts"]],
]);

/** A relative import as a path in the package; undefined when it leads out of it. */
export function joinPath(from: string, specifier: string): string | undefined {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** The file that a path means, or undefined. */
export function findModule(path: string, files: ReadonlySet<string>, how: Resolution): string | undefined {
  if (files.has(path)) return path;
  if (how === "exact") return undefined;
  const point = path.lastIndexOf(".");
  const ending = point > path.lastIndexOf("/") ? path.slice(point) : "";
  const stem = ending === "" ? path : path.slice(0, point);
  const inFolder = path === "" ? "" : `${path}/`;
  return [
    ...(how === "compiler" ? (compiledEndings.get(ending) ?? []).map((other) => `${stem}${other}`) : []),
    ...endings.map((other) => `${path}${other}`),
    ...endings.map((other) => `${inFolder}index${other}`),
    // Its own package.json may name any file of the folder.
    `${inFolder}package.json`,
  ].find((candidate) => files.has(candidate));
}
