import { z } from "zod";
import { parseJson } from "../text/decode.ts";
import { describeIssue } from "../text/describe-issue.ts";
import { SealrunError } from "../error.ts";
import { limits } from "../limits.ts";
import { showBytes, showName } from "../text/show-text.ts";
import { decodeUtf8 } from "../text/utf8.ts";

/** The npm packages to install, as the two files that npm gets. */
export interface NpmInstall {
  /** Number of packages in the lock file, without development dependencies. */
  readonly count: number;
  /** Packages with an install script, which does not run. */
  readonly withScripts: readonly string[];
  /** package.json with only its dependencies. */
  readonly packageJson: string;
  /** The lock file without addresses: npm takes every package from the executor's registry and checks its hash. */
  readonly lockJson: string;
}

const versions = z.record(z.string(), z.string());
const packageFile = z.looseObject({
  dependencies: versions.optional(),
  optionalDependencies: versions.optional(),
  peerDependencies: versions.optional(),
});
/** The fields that npm compares with the lock file, without development dependencies. */
const keptFields = [
  "dependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "bundleDependencies",
  "overrides",
];

const lockEntry = z.looseObject({
  version: z.string().optional(),
  resolved: z.union([z.string(), z.boolean()]).optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  os: z.array(z.string()).optional(),
});
type LockEntry = z.infer<typeof lockEntry>;
const lockFile = z.looseObject({ lockfileVersion: z.number(), packages: z.record(z.string(), lockEntry).optional() });

/** A foreign package with this name would see every secret that a script reads. */
const sdk = "@sealrun/sdk";
const sdkSentence = `package.json: every run already has ${sdk}; remove it from the dependencies, or move it to devDependencies`;

const packagePath = /^node_modules\/(?:@[\w.-]+\/)?[\w.-]+(?:\/node_modules\/(?:@[\w.-]+\/)?[\w.-]+)*$/;
/** One hash of an entry's integrity, which lists them with spaces between (W3C Subresource Integrity). */
const oneHash = /^sha(?:1|256|384|512)-[A-Za-z0-9+/]+={0,2}(?:\?\S*)?$/;
/** A few hashes have 500 characters. */
const maxIntegrityLength = 4_096;

/**
 * The npm packages that a package.json asks for; undefined when it asks for none. Throws `PACKAGE_INVALID` for a missing
 * or old lock file, a package that does not come from a registry, and a package without a hash.
 */
export function planNpmInstall(packageBytes: Uint8Array, lockBytes: Uint8Array | undefined): NpmInstall | undefined {
  const wanted = read(packageFile, "package.json", packageBytes);
  const own = { ...wanted.dependencies, ...wanted.optionalDependencies, ...wanted.peerDependencies };
  if (Object.keys(own).length === 0) return undefined;
  for (const [name, version] of Object.entries(own)) checkVersion(name, version);
  if (lockBytes === undefined) {
    throw invalid(
      "package.json has no package-lock.json beside it: run npm install --package-lock-only, and push the lock file too",
    );
  }
  const lock = read(lockFile, "package-lock.json", lockBytes);
  if (lock.packages === undefined || lock.lockfileVersion < 2) {
    throw invalid(
      `package-lock.json: expected lockfileVersion 2 or 3, found ${lock.lockfileVersion}; run npm install --package-lock-only with npm 7 or newer`,
    );
  }
  const locked = lock.packages;
  const absent = Object.keys(wanted.dependencies ?? {}).find((name) => !(`node_modules/${name}` in locked));
  if (absent !== undefined) {
    throw invalid(
      `package-lock.json does not fit package.json: it lacks ${showName(absent)}; run npm install --package-lock-only, and push both`,
    );
  }
  const entries = Object.entries(locked);
  const installed = entries.filter(([path, entry]) => path !== "" && entry.dev !== true);
  for (const [path, entry] of installed) checkEntry(path, entry);
  // npm ignores the mark `dev` and still installs such a package when another one depends on it, so `dev` entries are left out.
  const packages = {
    "": pickKept(locked[""] ?? {}),
    ...Object.fromEntries(installed.map(([path, entry]) => [path, withoutAddress(entry)])),
  };
  return {
    count: installed.length,
    withScripts: installed.filter(([, entry]) => runsScript(entry)).map(([path]) => nameOf(path)),
    packageJson: JSON.stringify(pickKept(wanted)),
    lockJson: JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  };
}

function pickKept(from: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(keptFields.flatMap((key) => (Object.hasOwn(from, key) ? [[key, from[key]]] : [])));
}

/** Accepts a package of the registry: a range, a tag, or an alias of these. Any other address has a colon or a slash. */
function checkVersion(name: string, version: string): void {
  if (name === sdk) throw invalid(sdkSentence);
  const range = version.replace(/^npm:(?:@[^/@]+\/)?[^/@]+(?:@|$)/, "");
  if (!/[:/]/.test(range)) return;
  throw invalid(
    `package.json: expected a version of ${showName(name)} from the registry; pin a published version, or push node_modules without a lock file`,
  );
}

function checkEntry(path: string, entry: LockEntry): void {
  const place = `package-lock.json: ${showName(path)}`;
  if (path.endsWith(`node_modules/${sdk}`)) throw invalid(sdkSentence);
  if (entry.link === true || !packagePath.test(path) || /(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) {
    throw invalid(
      `${place}: expected a package from the registry, found a folder or a link; publish it or copy its files`,
    );
  }
  if (entry.version === undefined) throw invalid(`${place}: expected a version; write the lock file again with npm`);
  // A bundled package comes inside its parent package, whose hash is checked.
  if (entry.inBundle === true && path.lastIndexOf("node_modules/") > 0) return;
  if (typeof entry.resolved === "string" && !isRegistryAddress(entry.resolved)) {
    throw invalid(
      `${place}: expected a package from the registry, found git, a file or another address; pin a published version`,
    );
  }
  const integrity = entry.integrity ?? "";
  if (integrity.length > maxIntegrityLength) {
    throw invalid(
      `${place}: expected integrity hashes of at most ${maxIntegrityLength} characters, found ${integrity.length}; write the lock file again with npm install --package-lock-only`,
    );
  }
  if (!isIntegrity(integrity)) {
    throw invalid(
      `${place}: expected an integrity hash; write the lock file again with npm install --package-lock-only`,
    );
  }
}

/** A package for other systems only, such as fsevents, is not installed. */
function runsScript({ hasInstallScript, os = [] }: LockEntry): boolean {
  const isForLinux = os.every((name) => name.startsWith("!")) ? !os.includes("!linux") : os.includes("linux");
  return hasInstallScript === true && isForLinux;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** Each hash is looked at by itself: one pattern for a list of them takes exponential time on a long broken one. */
function isIntegrity(text: string): boolean {
  return text
    .trim()
    .split(/\s+/)
    .every((part) => oneHash.test(part));
}

/** Every registry keeps tarballs at `…/NAME/-/NAME-VERSION.tgz`. */
function isRegistryAddress(address: string): boolean {
  return (
    URL.canParse(address) &&
    /^https?:$/.test(new URL(address).protocol) &&
    /\/-\/[^/]+\.tgz$/.test(new URL(address).pathname)
  );
}

function withoutAddress(entry: LockEntry): Omit<LockEntry, "resolved"> {
  const { resolved: _, ...rest } = entry;
  return rest;
}

function read<T>(schema: z.ZodType<T>, file: string, bytes: Uint8Array): T {
  if (bytes.length > limits.lockFileBytes) {
    throw invalid(`${file}: expected at most ${showBytes(limits.lockFileBytes)}, found ${bytes.length} bytes`);
  }
  const text = decodeUtf8(bytes);
  if (typeof text !== "string") throw invalid(`${file}:${text.line}: expected UTF-8`);
  const parsed = schema.safeParse(readJson(file, text));
  if (parsed.success) return parsed.data;
  throw invalid(`${file}: ${describeIssue(parsed.error)}`);
}

function readJson(file: string, text: string): unknown {
  try {
    return parseJson(text, { mayRound: true });
  } catch {
    throw invalid(`${file}: expected JSON as npm writes it`);
  }
}

function invalid(sentence: string): SealrunError {
  return new SealrunError("PACKAGE_INVALID", sentence);
}
