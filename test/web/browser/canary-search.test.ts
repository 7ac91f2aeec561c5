import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useBrowser } from "../../support/browser.ts";
import { browserPlaces, searchBrowser } from "../../support/canary-search.ts";
import { type RecordingProxy, startRecordingProxy } from "../../support/recording-proxy.ts";

const visit = useBrowser();
let server: Server;
let proxy: RecordingProxy;

beforeAll(async () => {
  // Gives back what it is sent, as a header and as a body.
  server = createServer((request, response) => {
    const sent = new URL(request.url ?? "/", "http://localhost").searchParams.get("give");
    response.setHeader("content-type", "text/html");
    if (sent !== null) response.setHeader("x-given", encodeURIComponent(sent));
    response.end(`<!doctype html><link rel="icon" href="data:,"><title>Page</title><h1>Page</h1>${sent ?? ""}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  proxy = await startRecordingProxy(`http://127.0.0.1:${address.port}`);
});

afterAll(async () => {
  await proxy.close();
  server.close();
  server.closeAllConnections();
});

/** How a value gets into each kind of place; runs in the page. */
const plant = {
  address: async (value: string) => void (await fetch(`/?${value}`)),
  "request header": async (value: string) => void (await fetch("/", { headers: { "x-value": value } })),
  "request body": async (value: string) => {
    const body = new FormData();
    body.append("file", new Blob([value]), "file.txt");
    await fetch("/", { method: "POST", body });
  },
  "response header": async (value: string) => void (await fetch(`/?give=${value}`)),
  "response body": async (value: string) => void (await fetch(`/?give=${value}`)),
  document: async (value: string) => {
    const host = document.body.appendChild(document.createElement("div"));
    host.attachShadow({ mode: "closed" }).textContent = value;
  },
  field: async (value: string) => {
    const field = document.body.appendChild(document.createElement("input"));
    field.type = "password";
    field.value = value;
  },
  "local storage": async (value: string) => localStorage.setItem("kept", value),
  "session storage": async (value: string) => sessionStorage.setItem(value, ""),
  IndexedDB: async (value: string) =>
    new Promise<void>((resolve) => {
      const opening = indexedDB.open("database");
      opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("store"));
      opening.addEventListener("success", () => {
        const transaction = opening.result.transaction("store", "readwrite");
        transaction.objectStore("store").put({ value }, "key");
        transaction.addEventListener("complete", () => {
          opening.result.close();
          resolve();
        });
      });
    }),
  cache: async (value: string) => (await caches.open("cache")).put("/kept", new Response(value)),
  history: async (value: string) => history.replaceState({ value }, ""),
  cookie: async (value: string) => {
    // oxlint-disable-next-line unicorn/no-document-cookie -- the place that is planted in
    document.cookie = `kept=${value}`;
  },
  // oxlint-disable-next-line no-console -- the place that is planted in
  console: async (value: string) => console.info(value),
} as const satisfies Record<(typeof browserPlaces)[number], (value: string) => Promise<void>>;

test.each(browserPlaces)("searchBrowser() finds what was planted as %s", async (place) => {
  const opened = await visit(proxy.url);
  const planted = { label: "planted", value: randomBytes(20).toString("hex") };
  const other = { label: "other", value: randomBytes(20).toString("hex") };
  expect(await searchBrowser(opened, proxy, [planted, other])).toEqual([]);
  await opened.page.evaluate(plant[place], planted.value);
  const findings = await searchBrowser(opened, proxy, [planted, other]);
  expect(findings).toContainEqual({ value: "planted", encoding: "raw", place });
  expect(findings.map(({ value }) => value)).not.toContain("other");
});

test("searchBrowser() finds what was sent in another encoding", async () => {
  const opened = await visit(proxy.url);
  const planted = { label: "planted", value: `${randomBytes(20).toString("hex")}"é` };
  await opened.page.evaluate(
    async (value) => void (await fetch("/", { method: "POST", body: JSON.stringify({ value: btoa(value) }) })),
    Buffer.from(planted.value).toString("latin1"),
  );
  expect(await searchBrowser(opened, proxy, [planted])).toContainEqual({
    value: "planted",
    encoding: "base64",
    place: "request body",
  });
});
