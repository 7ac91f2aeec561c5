import { decodeText } from "@sealrun/protocol";
import { dirname, relative, resolve } from "node:path";
import { z } from "zod";

const sourceMap = z.object({
  version: z.literal(3),
  sources: z.array(z.string()),
  sourcesContent: z.array(z.string().nullable()).optional(),
  mappings: z.string(),
  names: z.array(z.string()),
});

/** Where the compiler saw the package and its result. */
export interface MapFolders {
  readonly source: string;
  readonly output: string;
}

/** A source map of the compiled file at `path` as it is once that file lies in the package. */
export function moveSourceMap(text: string, path: string, { source, output }: MapFolders): string {
  const map = decodeText(sourceMap, text);
  const folder = dirname(path);
  const sources = map.sources.map((name) => relative(resolve(source, folder), resolve(output, folder, name)));
  return JSON.stringify({ ...map, sources });
}

/** The last line of a file that holds its own source map. */
export function inlineSourceMap(map: string): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}\n`;
}
