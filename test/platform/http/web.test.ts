import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refused } from "../../support/api.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

const script = "export const ready = true;\n";
const page = `<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__" /><style nonce="__CSP_NONCE__"></style>`;

let folder: string;
let platform: TestPlatform;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-web-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), page);
  await writeFile(join(folder, "icon.svg"), "<svg/>");
  await writeFile(join(folder, ".hidden"), "hidden");
  await writeFile(join(folder, "assets", "main-abc123.js"), script);
  await writeFile(join(folder, "assets", "main-abc123.js.br"), brotliCompressSync(script));
  await writeFile(join(folder, "assets", "main-abc123.js.gz"), gzipSync(script));
  await writeFile(`${folder}-secret.txt`, "outside");
  platform = await startPlatform(undefined, undefined, { webFolder: folder });
});
afterAll(async () => {
  await platform.close();
  await rm(folder, { recursive: true, force: true });
  await rm(`${folder}-secret.txt`, { force: true });
});

const get = async (path: string, headers: Readonly<Record<string, string>> = { accept: "text/html" }) =>
  fetch(`${platform.url}${path}`, { headers });

/** As it is written: `fetch` would take the dots out of the path. */
async function getRaw(path: string): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(platform.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers: { accept: "text/html" } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject).end();
  });
}

const nonceOf = (answer: Response): string =>
  /'nonce-([\w-]+)'/.exec(answer.headers.get("content-security-policy") ?? "")?.[1] ?? "";

describe("serveWeb()", () => {
  test.each(["/", "/projects/acme/packages/hello.world", "/executions?status=failed", "/vault/secrets"])(
    "serveWeb() answers %s with the page",
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await answer.text()).toContain("<!doctype html>");
    },
  );

  test("serveWeb() answers / with the page also to a client that names no type, and other addresses with 404", async () => {
    const answers = [
      await get("/", {}),
      await get("/", { accept: "*/*" }),
      await get("/executions", { accept: "*/*" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(await answers[0]?.text()).toContain("<!doctype html>");
  });

  test("serveWeb() gives each page a fresh nonce, in its policy and in its text", async () => {
    const answers = [await get("/"), await get("/")];
    const [first, second] = answers.map(nonceOf);
    expect(first).toMatch(/^[\w-]{24}$/);
    expect(second).not.toBe(first);
    const text = (await answers[0]?.text()) ?? "";
    expect(text.split(first ?? "?").length).toBe(3);
    expect(text).not.toContain("__CSP_NONCE__");
  });

  test("serveWeb() allows a page nothing inline and no other host", async () => {
    const { headers } = await get("/");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("strict-transport-security")).toBeNull();
  });

  test("serveWeb() lets hashed files be cached for a year, and compresses nothing per request", async () => {
    for (const [encoding, expected] of [
      ["br", "br"],
      ["gzip", "gzip"],
      ["identity", null],
    ] as const) {
      const answer = await get("/assets/main-abc123.js", { "accept-encoding": encoding });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-encoding")).toBe(expected);
      expect(answer.headers.get("content-type")).toMatch(/javascript/);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(answer.headers.get("vary")).toContain("accept-encoding");
      expect(answer.headers.get("content-security-policy")).toContain("script-src 'self'");
      expect(await answer.text()).toBe(script);
    }
  });

  test("serveWeb() asks again for files whose name stays", async () => {
    const answer = await get("/icon.svg", {});
    expect(answer.headers.get("content-type")).toContain("image/svg+xml");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=0");
  });

  test.each(["/assets/main-gone.js", "/assets/", "/assets/main-abc123.js.br", "/.hidden", "/missing.png"])(
    "serveWeb() answers %s with 404 to who asks for a file",
    async (path) => {
      const answer = await get(path, { accept: "*/*" });
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await refused(Promise.resolve(answer))).toMatchObject({ status: 404, code: "NOT_FOUND" });
    },
  );

  test.each(["/api", "/api/", "/api/v1/nothing", "/api/v2/projects"])(
    "serveWeb() leaves %s to the API",
    async (path) => {
      const answer = await get(path);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await refused(Promise.resolve(answer))).toMatchObject({ status: 404, code: "NOT_FOUND" });
    },
  );

  test.each(["/../", "/..%2f", "/assets/../../", "/assets/..%2f..%2f", "/assets/%2e%2e/%2e%2e/", "//", "/%00"])(
    "serveWeb() sends nothing from outside its folder for %s",
    async (start) => {
      for (const name of [`${folder.split("/").at(-1)}-secret.txt`, "etc/passwd"]) {
        expect((await getRaw(`${start}${name}`)).text).not.toMatch(/outside|root:/);
      }
    },
  );

  test("serveWeb() answers no other method", async () => {
    const answer = fetch(`${platform.url}/projects`, { method: "POST", headers: { accept: "text/html" } });
    expect(await refused(answer)).toMatchObject({ status: 404 });
  });

  test("serveWeb() says how to build the UI when there is none", async () => {
    const bare = await startPlatform();
    const answer = await fetch(bare.url);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/plain; charset=utf-8"]);
    expect(await answer.text()).toContain("npm run build");
    await bare.close();
  });
});

test("GET /api/v1/ready answers whoever asks, and says nothing but whether", async () => {
  const answer = await get("/api/v1/ready", {});
  expect([answer.status, await answer.json()]).toEqual([200, { ready: true }]);
});
