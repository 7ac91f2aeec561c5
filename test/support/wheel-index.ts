import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { storedZip } from "./stored-zip.ts";

/** One Python package of an index. */
export interface PublishedWheel {
  readonly name: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
  /** Names that it needs. */
  readonly requires?: readonly string[];
}

/** A Python package index on this machine. */
export interface WheelIndex extends AsyncDisposable {
  readonly url: string;
  readonly sha256: (name: string) => string;
}

/** Serves these packages, each as a wheel. */
export async function startWheelIndex(packages: readonly PublishedWheel[]): Promise<WheelIndex> {
  const wheels = new Map<string, { readonly file: string; readonly bytes: Buffer }>();
  for (const entry of packages) wheels.set(entry.name, { file: wheelName(entry), bytes: makeWheel(entry) });
  const server = createServer((request, response) => {
    const [, kind, name = ""] = (request.url ?? "").split("/");
    const found = wheels.get(name);
    if (found === undefined) response.writeHead(404).end();
    else if (kind === "simple") {
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(`<a href="/files/${name}/${found.file}">${found.file}</a>`);
    } else response.end(found.bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/simple`,
    sha256: (name) =>
      createHash("sha256")
        .update(wheels.get(name)?.bytes ?? "")
        .digest("hex"),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The file's name of a wheel for every Python. */
export function wheelName({ name, version }: PublishedWheel): string {
  return `${name.replaceAll("-", "_")}-${version}-py3-none-any.whl`;
}

/** A wheel's bytes. */
export function makeWheel({ name, version, files, requires = [] }: PublishedWheel): Buffer {
  const info = `${name.replaceAll("-", "_")}-${version}.dist-info`;
  const metadata = [`Metadata-Version: 2.1`, `Name: ${name}`, `Version: ${version}`];
  const content: Readonly<Record<string, string>> = {
    ...files,
    [`${info}/METADATA`]: [...metadata, ...requires.map((other) => `Requires-Dist: ${other}`), ""].join("\n"),
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
  };
  const record = [...Object.keys(content), `${info}/RECORD`].map((path) => `${path},,\n`).join("");
  return storedZip({ ...content, [`${info}/RECORD`]: record });
}
