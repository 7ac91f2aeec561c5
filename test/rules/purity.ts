import { importsOf } from "./imports.ts";
import { shipped, type Source } from "./sources.ts";

/** Modules that reach the disk, the network, another process or thread, a server, or a page. */
const outside =
  /^(?:node:(?:fs|fs\/promises|net|http|https|http2|tls|dns|child_process|module|stream|worker_threads|readline|readline\/promises)|pg|nats|execa|postgrator|yauzl|@fastify\/.+|fastify|react|react-dom.*|@tanstack\/.+|@mantine\/.+|@radix-ui\/.+|@sealrun\/(?:postgres|nats|faults|client|key-files|keyring|platform|executor))$/;
/** Types whose functions do that: who takes one is an adapter too. */
const port = /(?:^|\/)(?:database|deps|platform-rpc|running-script)\.ts$/;
const global =
  /\b(?:fetch|postMessage)\(|\b(?:document|window|navigator|self)\.|\bprocess\.std(?:in|out|err)\b|\b(?:DataTransferItemList|FileSystemEntry)\b/;

const byPath = new Map(shipped.map((source) => [source.path, source]));
const known = new Map<string, boolean>();

/** True for a file that does nothing but compute: neither it nor a file whose code it imports reaches outside. */
export function isPure(source: Source): boolean {
  const before = known.get(source.path);
  if (before !== undefined) return before;
  known.set(source.path, true);
  const pure = !reachesOutside(source) && codeOf(source).every(isPure);
  known.set(source.path, pure);
  return pure;
}

function reachesOutside(source: Source): boolean {
  const { path, code } = source;
  if (path.endsWith(".tsx") || path.endsWith("store.ts") || global.test(code)) return true;
  return importsOf(source).some(({ from }) => outside.test(from) || port.test(from));
}

/** The files of the same package whose code a file imports, not only their types. */
function codeOf(source: Source): readonly Source[] {
  return importsOf(source).flatMap(({ file, isType }) =>
    file === undefined || isType ? [] : (byPath.get(file) ?? []),
  );
}

/** Schemas, types, lists of names and the doors have none. */
export function hasLogic({ path, code }: Source): boolean {
  return !/\/(?:index|main)\.tsx?$/.test(path) && /\bfunction\b|^(?:export )?class /m.test(code);
}
