import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import { type Environment, findOnPath } from "./find-on-path.ts";
import { type ProgramResult, runProgram } from "./run-program.ts";

/** Fetches Debian packages into the cache, without root and without touching the system's own apt folders. */
export interface PackageFetcher {
  /** The folder that holds the unpacked package, when an earlier run fetched it. Starts nothing. */
  readonly cached: (name: string) => Promise<string | undefined>;
  /** Fetches the package and what it needs beyond what is installed. `PROGRAM_MISSING` when that cannot be done. */
  readonly fetch: (name: string) => Promise<string>;
  /** Removes apt's own folders, which are only needed while fetching. */
  readonly close: () => Promise<void>;
}

export interface PackageFetcherOptions {
  readonly cacheFolder: string;
  readonly environment: Environment;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** The list of installed packages for apt; tests give a shorter list to simulate a bare machine. */
  readonly statusFile?: string;
}

interface Apt {
  readonly folder: string;
  /** Why the package lists could not be fetched, in apt's words; undefined when they were. */
  readonly listsFault: string | undefined;
  readonly run: (args: readonly string[], cwd: string) => Promise<ProgramResult>;
}

const fetchTimeoutMs = 5 * 60_000;
const staleAfterMs = 24 * 60 * 60_000;

/** A fetcher over one cache folder. Two processes may fetch at once: each works in its own folder and renames it last. */
export async function createPackageFetcher(options: PackageFetcherOptions): Promise<PackageFetcher> {
  const programs = join(options.cacheFolder, "programs", await releaseName());
  let apt: Promise<Apt> | undefined;

  async function cached(name: string): Promise<string | undefined> {
    const folder = join(programs, name);
    return (await isFolder(folder)) ? folder : undefined;
  }

  async function fetch(name: string): Promise<string> {
    const dpkg = await findOnPath("dpkg-deb", options.environment);
    const aptGet = await findOnPath("apt-get", options.environment);
    if (dpkg === undefined || aptGet === undefined) throw missing(name, "this system has no apt to fetch it with");
    options.log(`Fetching ${name} into ${programs} (once)`);
    apt ??= openApt(aptGet, programs, options);
    const { folder, listsFault, run } = await apt;
    const archives = join(folder, "cache", "archives");
    const install = ["install", "--download-only", "--no-install-recommends", "--reinstall", "-y", name];
    const installed = await run(install, archives);
    // With broken dependencies on the machine apt resolves nothing; the package by itself may be enough.
    if (!installed.ok) await run(["download", name], archives);
    const files = (await readdir(archives)).filter((file) => file.endsWith(".deb"));
    if (files.length === 0) {
      // Without lists apt only says that it does not know the package.
      const fault = /Unable to locate|has no installation candidate/.test(installed.stderr) ? listsFault : undefined;
      throw missing(name, fault === undefined ? reasonOf(installed) : `apt's lists could not be fetched: ${fault}`);
    }
    const unpacked = await mkdtemp(join(folder, "unpacked-"));
    for (const file of files) {
      const result = await runProgram(dpkg, ["-x", join(archives, file), unpacked], { signal: options.signal });
      if (!result.ok) throw missing(name, reasonOf(result));
      await rm(join(archives, file));
    }
    return publish(unpacked, join(programs, name));
  }

  async function close(): Promise<void> {
    const opened = await apt?.catch(() => undefined);
    apt = undefined;
    if (opened !== undefined) await rm(opened.folder, { recursive: true, force: true });
  }

  return { cached, fetch, close };
}

async function openApt(aptGet: string, programs: string, options: PackageFetcherOptions): Promise<Apt> {
  await mkdir(programs, { recursive: true, mode: 0o700 });
  await removeStale(programs);
  const folder = await mkdtemp(join(programs, ".fetch-"));
  await mkdir(join(folder, "state", "lists", "partial"), { recursive: true });
  await mkdir(join(folder, "cache", "archives", "partial"), { recursive: true });
  const settings = [
    "Debug::NoLocking=1",
    `Dir::State=${join(folder, "state")}`,
    `Dir::State::status=${options.statusFile ?? "/var/lib/dpkg/status"}`,
    `Dir::Cache=${join(folder, "cache")}`,
    `Dir::Log=${folder}`,
    "Acquire::Languages=none",
    "Acquire::Retries=2",
    "Acquire::http::Timeout=20",
    // Otherwise apt changes to its own user when root runs it, and that user cannot enter a 0700 folder.
    "APT::Sandbox::User=root",
  ];
  const run: Apt["run"] = (args, cwd) =>
    runProgram(aptGet, ["-q", ...settings.flatMap((setting) => ["-o", setting]), ...args], {
      environment: proxies(options.environment),
      timeoutMs: fetchTimeoutMs,
      cwd,
      signal: options.signal,
    });
  // The outcome is judged by the install: one unreachable third-party source fails the update but not what we need.
  const { stderr } = await run(["update"], folder);
  const fault = /^(?:E|W): (?<reason>.*(?:Failed to fetch|Could not|Temporary failure).*)$/m.exec(stderr)?.groups;
  return { folder, run, listsFault: fault?.["reason"]?.trim() };
}

/** Folders that a killed process left behind. */
async function removeStale(programs: string): Promise<void> {
  for (const entry of await readdir(programs)) {
    const folder = join(programs, entry);
    if (!entry.startsWith(".fetch-") || Date.now() - (await stat(folder)).mtimeMs < staleAfterMs) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

/** Another process may have published the same package first; then its folder is used. */
async function publish(unpacked: string, target: string): Promise<string> {
  try {
    await rename(unpacked, target);
  } catch (error) {
    if (!(await isFolder(target))) throw error;
    await rm(unpacked, { recursive: true, force: true });
  }
  return target;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** Part of the cache's path: programs of one release may not run on another, and machines may share a home folder. */
async function releaseName(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  const field = (name: string): string => new RegExp(`^${name}="?([A-Za-z0-9.]+)`, "m").exec(text)?.[1] ?? "unknown";
  return `${field("ID")}-${field("VERSION_ID")}-${process.arch}`;
}

function proxies(environment: Environment): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "APT_CONFIG"];
  const set = names.map((name) => [name, environment[name]] as const);
  return Object.fromEntries(set.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function reasonOf(result: ProgramResult): string {
  const line = result.stderr.split("\n").find((text) => text.startsWith("E:"));
  return line === undefined ? "apt could not fetch it" : `apt said: ${line.slice(2).trim()}`;
}

function missing(name: string, reason: string): SealrunError {
  return new SealrunError("PROGRAM_MISSING", `sealrun needs ${name} and ${reason}; install the package ${name}`);
}
