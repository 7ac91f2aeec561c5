import type { BrowserContext, Page } from "playwright-core";
import { z } from "zod";
import { createByteSearch, type Finding, type Wanted } from "../../packages/cli/src/search/search-files.ts";
import type { Visit } from "./browser.ts";
import type { RecordingProxy } from "./recording-proxy.ts";

/** What a page keeps, by kind of place. */
const kept = z.object({
  field: z.string(),
  "local storage": z.string(),
  "session storage": z.string(),
  IndexedDB: z.string(),
  cache: z.string(),
  history: z.string(),
});

/** Kinds of places in which a browser may keep or send a value. */
export const browserPlaces = [
  "address",
  "request header",
  "request body",
  "response header",
  "response body",
  "document",
  ...kept.keyof().options,
  "cookie",
  "console",
] as const;

/**
 * Searches everything that a browser sent, got and keeps for every form of each value: its raw bytes, and the encodings
 * of `encodingsOf`. The server's own files are for `searchFiles`.
 */
export async function searchBrowser(
  { context, witness }: Pick<Visit, "context" | "witness">,
  proxy: Pick<RecordingProxy, "exchanges">,
  wanted: readonly Wanted[],
): Promise<readonly Finding[]> {
  const search = createByteSearch(wanted);
  const ref: (readonly [place: (typeof browserPlaces)[number], content: string | Buffer])[] = [
    ["address", witness.addresses().join("\n")],
    ["cookie", JSON.stringify(await context.cookies())],
    ["console", witness.console().join("\n")],
    ...(await Promise.all(context.pages().map(async (page) => readPage(context, page)))).flat(),
    ...proxy.exchanges().flatMap(
      (exchange) =>
        [
          ["address", exchange.path],
          ["request header", exchange.requestHeaders],
          ["request body", exchange.requestBody],
          ["response header", exchange.responseHeaders],
          ["response body", exchange.responseBody],
        ] as const,
    ),
  ];
  const found = ref.flatMap(([place, content]) => search.find(Buffer.from(content), place));
  return [...new Map(found.map((finding) => [JSON.stringify(finding), finding])).values()];
}

async function readPage(
  context: BrowserContext,
  page: Page,
): Promise<readonly (readonly [(typeof browserPlaces)[number], string])[]> {
  const session = await context.newCDPSession(page);
  try {
    // Shadow trees too, closed ones and those of fields.
    const nodes = await session.send("DOM.getDocument", { depth: -1, pierce: true });
    const visited = await session.send("Page.getNavigationHistory");
    const found = kept.parse(await page.evaluate(readKept));
    return [
      ["document", textOf(nodes)],
      ["document", await page.content()],
      ["field", found.field],
      ["local storage", found["local storage"]],
      ["session storage", found["session storage"]],
      ["IndexedDB", found.IndexedDB],
      ["cache", found.cache],
      ["history", found.history],
      ["history", textOf(visited)],
    ];
  } finally {
    await session.detach();
  }
}

/** Every text in an answer, unescaped. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value).map(textOf).join("\n");
}

/** Runs in the page. */
async function readKept(): Promise<z.infer<typeof kept>> {
  const lines = (storage: Storage): string =>
    Object.entries(storage)
      .map((entry) => entry.join("\n"))
      .join("\n");
  const fieldsOf = (root: Document | ShadowRoot): readonly string[] =>
    [...root.querySelectorAll("*")].flatMap((element) => [
      ...("value" in element && typeof element.value === "string" ? [element.value] : []),
      ...(element.shadowRoot === null ? [] : fieldsOf(element.shadowRoot)),
    ]);
  const answerOf = async <T>(asked: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      asked.addEventListener("success", () => resolve(asked.result));
      asked.addEventListener("error", () => reject(asked.error ?? new TypeError("no answer")));
    });
  const databases: string[] = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await answerOf(indexedDB.open(name ?? ""));
    for (const store of database.objectStoreNames) {
      const opened = database.transaction(store).objectStore(store);
      const rows = await Promise.all([answerOf(opened.getAllKeys()), answerOf(opened.getAll())]);
      databases.push(name ?? "", store, JSON.stringify(rows));
    }
    database.close();
  }
  const cached: string[] = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      cached.push(name, request.url, (await (await cache.match(request))?.text()) ?? "");
    }
  }
  return {
    field: fieldsOf(document).join("\n"),
    "local storage": lines(localStorage),
    "session storage": lines(sessionStorage),
    IndexedDB: databases.join("\n"),
    cache: cached.join("\n"),
    history: [JSON.stringify(history.state), ...performance.getEntries().map(({ name }) => name)].join("\n"),
  };
}
