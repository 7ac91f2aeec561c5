import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:";

/** A page of a test's own, built and served. */
export interface BuiltPage {
  readonly url: string;
  /** Every script as built, one after the other. */
  readonly scripts: string;
  close(): Promise<void>;
}

/** Builds a folder beside this file, which holds an `index.html`, with the web UI's own settings, and serves it under a policy as strict. */
export async function buildWebPage(name: string): Promise<BuiltPage> {
  const output = await mkdtemp(join(tmpdir(), "sealrun-test-page-"));
  const root = fileURLToPath(new URL(name, import.meta.url));
  const vite = join(repository, "node_modules", "vite", "bin", "vite.js");
  const config = join(repository, "packages", "web", "vite.config.ts");
  const folders = ["--config", config, "--outDir", relative(root, output)];
  await promisify(execFile)(process.execPath, [vite, "build", root, ...folders, "--logLevel", "error"], {
    cwd: repository,
  });
  const scripts = await readScripts(output);
  const page = await readFile(join(output, "index.html"));
  const server = createServer((request, response) => {
    const script = scripts.get(request.url ?? "");
    response.setHeader("content-security-policy", policy);
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    response.end(script ?? page);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    scripts: [...scripts.values()].join("\n"),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await rm(output, { recursive: true, force: true });
    },
  };
}

/** What the build of the web UI itself holds; throws for one that is not there. */
export async function readBuiltWeb(): Promise<string> {
  const scripts = await readScripts(join(repository, "packages", "web", "dist"));
  if (scripts.size === 0) throw new TypeError("The web UI is not built: run `npm run build`");
  return [...scripts.values()].join("\n");
}

async function readScripts(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(join(folder, "assets")).catch(() => []);
  const scripts = names.filter((name) => name.endsWith(".js"));
  return new Map(
    await Promise.all(
      scripts.map(async (name) => [`/assets/${name}`, await readFile(join(folder, "assets", name), "utf8")] as const),
    ),
  );
}
