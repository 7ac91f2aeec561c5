import { expect, test } from "vitest";
import { importsOf } from "./imports.ts";
import { shipped, type Source } from "./sources.ts";

const byPath = new Map(shipped.map((source) => [source.path, source]));

/** The command's own files in the package `sealrun`, and the packages that it contains whole. */
const ofClient = [
  ...reachedFrom("packages/cli/src/client/main.ts"),
  ...shipped.filter(({ path }) => /^packages\/(?:client|crypto|protocol|sdk)\/src\//.test(path)),
];

/** What Node 20 lacks; the bundler translates only syntax. */
const newer = new RegExp(
  [
    "Promise\\.(?:withResolvers|try)\\b",
    "URL\\.parse\\(",
    "\\b(?:Object|Map)\\.groupBy\\b",
    "Array\\.fromAsync\\b",
    "Error\\.isError\\b|RegExp\\.escape\\b|\\bIterator\\.",
    "\\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\\(",
    "\\.(?:values|keys|entries)\\(\\)\\.(?:map|filter|some|every|find|toArray|take|drop|reduce|flatMap|forEach)\\(",
    "\\.(?:fromBase64|toBase64|fromHex|toHex)\\(",
    "import\\.meta\\.main\\b",
    "\\b(?:registerHooks|stripTypeScriptTypes)\\b",
    "\\b(?:globSync|glob)\\(|node:sqlite",
  ].join("|"),
);
/** Loaded only where Node has what it needs. */
const forNewerNode = "packages/cli/src/local/sdk-hook.ts";

test("packages/cli/src/client/main.ts reaches nothing that Node 20 lacks", () => {
  expect(ofClient.length).toBeGreaterThan(100);
  const found = ofClient
    .filter(({ path }) => path !== forNewerNode)
    .flatMap(({ path, code }) => {
      const [word] = newer.exec(code) ?? [];
      return word === undefined ? [] : [`${path}: ${word}`];
    });
  expect(found).toEqual([]);
});

test("packages/cli/src/client/main.ts reaches no code of a server, and execa neither, which does not run under Node 20", () => {
  const found = reachedFrom("packages/cli/src/client/main.ts").flatMap((source) =>
    importsOf(source)
      .filter(({ from, isType }) => !isType && /^(?:execa|pino|@sealrun\/(?:keyring|postgres|nats))$/.test(from))
      .map(({ from }) => `${source.path}: ${from}`),
  );
  expect(found).toEqual([]);
});

/** A file and all of its package whose code it imports, at once or later. */
function reachedFrom(path: string): readonly Source[] {
  const reached = new Map<string, Source>();
  const add = (next: string): void => {
    const source = byPath.get(next);
    if (source === undefined || reached.has(next)) return;
    reached.set(next, source);
    for (const { file, isType } of importsOf(source)) if (file !== undefined && !isType) add(file);
  };
  add(path);
  return [...reached.values()];
}
