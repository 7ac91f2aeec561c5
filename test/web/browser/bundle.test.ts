import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";
import { beforeAll, expect, test } from "vitest";

const dist = fileURLToPath(new URL("../../../packages/web/dist/", import.meta.url));
const docs = fileURLToPath(new URL("../../../packages/docs/", import.meta.url));

/** Hosts that libraries name and nobody asks for anything. */
const namedOnly: Readonly<Record<string, string>> = {
  "www.w3.org": "names of XML namespaces",
  "json-schema.org": "names of zod's JSON Schema versions",
  "react.dev": "in the texts of React's errors",
  "mantine.dev": "in a text of Mantine's errors",
  "rolldown.rs": "in a text of the bundler's errors",
  "github.com": "in warnings of highlight.js",
  "redux.js.org": "in texts of errors of what draws the charts",
  "redux-toolkit.js.org": "in texts of errors of what draws the charts",
  "bit.ly": "in a text of errors of what draws the charts",
  localhost: "what the router takes for an origin where there is none",
};

/** Code that could make code of text, and why it never does. */
const neverRun: readonly RegExp[] = [
  // zod's checks are interpreted: before.js says jitless, and zod neither tries nor compiles then.
  /try\{return Function\(``\),!0\}catch\b/g,
  /compile\(\)\{let (\w+)=Function,.{0,40}return new \1\(/g,
  // Only where there is no `self`, which every browser has.
  /\bself\.self==self\?self:Function\(`return this`\)\(\)/g,
];

/** Names that libraries look for or set in the page's global object; none of them does anything by itself. */
const knownGlobals: ReadonlySet<string> = new Set([
  "__zod_globalConfig",
  "__zod_globalRegistry",
  "__TSR_ROUTER__",
  "__REDUX_DEVTOOLS_EXTENSION__",
  "__REDUX_DEVTOOLS_EXTENSION_COMPOSE__",
  "__webpack_nonce__",
]);

let files: ReadonlyMap<string, string>;
let paths: readonly string[];

beforeAll(async () => {
  paths = (await readdir(dist, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = paths.filter((path) => /\.(?:js|css|html|svg|json)$/.test(path));
  files = new Map(
    await Promise.all(texts.map(async (path) => [path.slice(dist.length), await readFile(path, "utf8")] as const)),
  );
  expect([...files.keys()]).toContain("index.html");
});

test("vite build names no other host but in texts and names", async () => {
  const guides = await Promise.all(
    (await readdir(docs, { recursive: true }))
      .filter((name) => name.endsWith(".md"))
      .map(async (name) => readFile(join(docs, name), "utf8")),
  );
  const allowed = new Set([...Object.keys(namedOnly), ...guides.flatMap(hostsOf)]);
  expect(listed((text) => hostsOf(text).filter((host) => !allowed.has(host)))).toEqual([]);
  // Without a scheme: as part of a page, a style or a request.
  const bare =
    /(?:\b(?:src|href)=["']?|url\(["']?|\b(?:fetch|import|Worker|WebSocket|EventSource)\([`"'])(?:\w+:)?\/\/[^"'`)\s]*/g;
  expect(listed((text) => text.match(bare) ?? [])).toEqual([]);
});

test("vite build leaves no code that makes code of text, beside what never runs", () => {
  const made = /\beval\(|\bnew Function\b|(?<![\w.$])Function\(|=Function[,;)]|\b(?:setTimeout|setInterval)\([`"']/g;
  const left = (text: string): string => neverRun.reduce((rest, form) => rest.replaceAll(form, ""), text);
  expect(listed((text) => left(text).match(made) ?? [])).toEqual([]);
  // The search sees what it must not find.
  expect(`eval("1");new Function("1")();x=Function("1");setTimeout("1")`.match(made)).toHaveLength(4);
  expect(files.get("before.js")).toContain("jitless: true");
});

test("vite build leaves no source map, and no code of tests or of development", () => {
  expect(paths.filter((path) => path.endsWith(".map"))).toEqual([]);
  const unwanted =
    /sourceMappingURL|@vite\/client|react-refresh|jsxDEV|\bvitest\b|\bplaywright\b|@sealrun\/source|file:\/\/\//g;
  expect(listed((text) => text.match(unwanted) ?? [])).toEqual([]);
  const globals = /\b(?:window|globalThis|self)\.(__\w+)/g;
  expect(
    listed((text) =>
      [...text.matchAll(globals)].map(([, name = ""]) => name).filter((name) => !knownGlobals.has(name)),
    ),
  ).toEqual([]);
});

test("vite build writes a page of files: inline is only a style with the nonce, and nothing is from elsewhere", () => {
  const page = files.get("index.html") ?? "";
  const scripts = [...page.matchAll(/<script\b([^>]*)>([^<]*)<\/script>/g)];
  expect(scripts.length).toBeGreaterThan(1);
  for (const [, attributes = "", inline = ""] of scripts) {
    expect(inline).toBe("");
    expect(attributes).toMatch(/ src="\/(?!\/)/);
  }
  // What is seen before the scripts.
  expect([...page.matchAll(/<style\b([^>]*)>/g)].map(([, attributes]) => attributes)).toEqual([
    ' nonce="__CSP_NONCE__"',
  ]);
  expect(page).not.toMatch(/<base|<iframe|\sstyle=|\son\w+=|javascript:/i);
  for (const [, address = ""] of page.matchAll(/\b(?:src|href)="([^"]*)"/g)) expect(address).toMatch(/^\/(?!\/)/);
});

test("compress() packs exactly what it stands beside", async () => {
  const packed = paths.filter((path) => /\.(?:br|gz)$/.test(path));
  expect(packed.length).toBeGreaterThan(10);
  for (const path of packed) {
    const bytes = await readFile(path);
    const unpack = path.endsWith(".br") ? promisify(brotliDecompress) : promisify(gunzip);
    const same = (await unpack(bytes)).equals(await readFile(path.slice(0, -3)));
    expect(same, basename(path)).toBe(true);
  }
});

/** What is found in each file, with its name. */
function listed(find: (text: string) => readonly string[]): readonly string[] {
  return [...files].flatMap(([name, text]) => [...new Set(find(text))].map((found) => `${name}: ${found}`));
}

/** Hosts of all addresses in a text; a name without a dot is none, but for this machine's. */
function hostsOf(text: string): readonly string[] {
  const found = text.matchAll(/\b(?:https?|wss?):(?:\\?\/){2}(\w[\w.-]*)/g);
  return [...found].map(([, host = ""]) => host.replace(/\.$/, ""));
}
