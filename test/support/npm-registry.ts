import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { gzipSync } from "node:zlib";

/** One published package: its package.json and other files by path. */
export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** The registry takes requests for it and never answers. */
  readonly isSilent?: boolean;
}

/** An npm registry on this machine. */
export interface NpmRegistry extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requests: readonly string[];
  /** package.json and package-lock.json of a package that depends on these, with hashes and without addresses. */
  readonly filesFor: (names: readonly string[]) => {
    readonly "package.json": string;
    readonly "package-lock.json": string;
  };
}

/** Serves these packages; `tamper` changes a tarball after its hash was taken. */
export async function startNpmRegistry(
  packages: readonly PublishedPackage[],
  tamper: (tarball: Buffer) => Buffer = (tarball) => tarball,
): Promise<NpmRegistry> {
  const requests: string[] = [];
  const published = new Map(packages.map((entry) => [entry.name, { ...entry, tarball: pack(entry) }]));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "/").slice(1);
    requests.push(path);
    const [name = "", file] = path.split("/-/");
    const found = published.get(name);
    if (found?.isSilent === true) return;
    if (found === undefined) {
      response.writeHead(404, { "content-type": "application/json" }).end(`{"error":"not found"}`);
    } else if (file === undefined) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(describePackage(found, url)));
    } else response.end(tamper(found.tarball));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
  return {
    url,
    requests,
    filesFor: (names) => {
      const dependencies = Object.fromEntries(names.map((name) => [name, published.get(name)?.version ?? "0.0.0"]));
      const entries = names.map((name) => {
        const { version = "0.0.0", tarball = Buffer.alloc(0) } = published.get(name) ?? {};
        return [`node_modules/${name}`, { version, integrity: hashOf(tarball), hasInstallScript: true }] as const;
      });
      const packages = { "": { name: "tested", dependencies }, ...Object.fromEntries(entries) };
      return {
        "package.json": JSON.stringify({ name: "tested", type: "module", dependencies }),
        "package-lock.json": JSON.stringify({ name: "tested", lockfileVersion: 3, requires: true, packages }),
      };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function describePackage(entry: PublishedPackage & { readonly tarball: Buffer }, url: string): object {
  const { name, version, manifest } = entry;
  const dist = { tarball: `${url}${name}/-/${name}-${version}.tgz`, integrity: hashOf(entry.tarball) };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { name, version, ...manifest, dist } } };
}

function hashOf(tarball: Buffer): string {
  return `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
}

/** A tarball as npm publishes it: everything below `package/`. */
function pack({ name, version, files, manifest }: PublishedPackage): Buffer {
  const all = { "package.json": JSON.stringify({ name, version, ...manifest }), ...files };
  const parts = Object.entries(all).flatMap(([path, text]) => {
    const content = Buffer.from(text);
    return [tarHeader(`package/${path}`, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]));
}

function tarHeader(path: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        0", 148);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
