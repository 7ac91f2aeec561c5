import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import files from "@fastify/static";
import { cutEnd } from "@sealrun/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** The text in index.html that stands for the nonce of one answer. */
const noncePlace = "__CSP_NONCE__";
const notBuilt =
  "The web UI is not built on this platform. Run `npm run build` in sealrun's folder and start the platform again. The API answers below /api/v1.\n";

/** Every path of the UI gets the same page; the router in the page tells them apart. Public: the page holds no data. */
const config = { access: "public" } as const;
const schema = { hide: true };

/** Serves the built web UI from a folder, or says how to build it. Paths below `/api/` never belong to the UI. */
export async function serveWeb(app: FastifyInstance, webFolder: string | undefined): Promise<void> {
  const names = webFolder === undefined ? undefined : await listFiles(webFolder);
  if (webFolder === undefined || names?.has("/index.html") !== true) {
    const answer = async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      reply.code(404).type("text/plain; charset=utf-8").send(notBuilt);
    app.route({ method: ["GET", "HEAD"], url: "/", config, schema, handler: answer });
    return;
  }
  await app.register(files, { root: webFolder, serve: false, preCompressed: true, dotfiles: "ignore", index: false });
  app.route({
    method: ["GET", "HEAD"],
    url: "/assets/*",
    config,
    schema,
    handler: async (request, reply) => {
      const name = pathOf(request);
      if (!/^\/assets\/[\w-][\w.-]*$/.test(name) || isCompressed(name)) return reply.callNotFound();
      // The build names these files after their content.
      return sendFile(reply, name, { maxAge: "365d", immutable: true });
    },
  });
  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | void> => {
    const name = pathOf(request);
    if (name === "/api" || name.startsWith("/api/")) return reply.callNotFound();
    if (name !== "/index.html" && names.has(name) && !isCompressed(name)) return sendFile(reply, name, { maxAge: 0 });
    // The front page is for every client: monitors and curl name no type.
    if (name !== "/" && !acceptsPage(request)) return reply.callNotFound();
    return sendPage(reply, join(webFolder, "index.html"));
  };
  app.route({ method: ["GET", "HEAD"], url: "/", config, schema, handler: page });
  app.route({ method: ["GET", "HEAD"], url: "/*", config, schema, handler: page });
}

/** What a page of the UI may load: only its own files, nothing inline, nothing from another host. */
function pagePolicy(nonce?: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce === undefined ? "" : ` 'nonce-${nonce}'`}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

async function sendPage(reply: FastifyReply, file: string): Promise<FastifyReply> {
  const nonce = randomBytes(18).toString("base64url");
  const text = await readFile(file, "utf8");
  return reply
    .header("content-security-policy", pagePolicy(nonce))
    .type("text/html; charset=utf-8")
    .send(text.replaceAll(noncePlace, nonce));
}

/** Sends the policy with each file, because a worker follows the policy of its own file. */
function sendFile(
  reply: FastifyReply,
  name: string,
  cache: { readonly maxAge: string | number; readonly immutable?: boolean },
): FastifyReply {
  return reply.header("content-security-policy", pagePolicy()).sendFile(name, cache);
}

/** The decoded path, to compare with file names; unchanged when it cannot be decoded. */
function pathOf(request: FastifyRequest): string {
  const path = request.url.split("?", 1)[0] ?? "/";
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A compressed copy is sent in place of its file, never under its own name. */
function isCompressed(name: string): boolean {
  return /\.(?:br|gz)$/.test(name);
}

/** A missing script or image must fail, not be answered with the page. */
function acceptsPage(request: FastifyRequest): boolean {
  return (request.headers.accept ?? "").includes("text/html");
}

/** Read once: besides the hashed files, only files of the build are sent. Undefined when the folder does not exist. */
async function listFiles(folder: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return new Set(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(cutEnd(folder, "/").length)),
    );
  } catch {
    return undefined;
  }
}
