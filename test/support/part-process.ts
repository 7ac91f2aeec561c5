import { access, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isReadyLine } from "../../packages/cli/src/part-log.ts";
import { startPartProcess } from "../../packages/cli/src/dev/part-process.ts";
import type { Programs } from "../../packages/cli/src/setup/find-programs.ts";
import { type Clock, noClock } from "./clock.ts";

/** A platform, a keyring or an executor: one process at a time, started as often as a test kills it. */
export interface PartProcess {
  readonly name: string;
  readonly kind: PartKind;
  readonly configFile: string;
  /** Gets the output of every one of its lives. */
  readonly logFile: string;
  /** Undefined while it does not run. */
  readonly pid: () => number | undefined;
  /**
   * Starts it and waits until it is ready; `env` and `args` are for this life alone. Rejects with the end of its log when
   * it ends before.
   */
  readonly start: (env?: Readonly<Record<string, string>>, args?: readonly string[]) => Promise<void>;
  /** Sends a signal to a running process; SIGKILL and SIGTERM then wait for its end. */
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
  /** Settles with the name of the signal, or the exit code, that ended this life. */
  readonly ended: () => Promise<string>;
  /** Its next passage of this point will be its last. */
  readonly crashAt: (point: string) => Promise<void>;
  /** Settles, as `ended` does, when that point was passed: where a worker of the part passes it, the part goes on. */
  readonly passed: () => Promise<string>;
  /** Takes `crashAt` back. */
  readonly disarm: () => Promise<void>;
  /** Sets the wall clock of this part alone, at once and over its restarts; what it starts keeps the machine's. */
  readonly setClock: (offsetMs: number) => Promise<void>;
}

export type PartKind = "platform" | "keyring" | "executor";

/** Where a part's files are. */
export interface PartPlace {
  readonly name: string;
  readonly kind: PartKind;
  readonly configFile: string;
  readonly logFile: string;
  readonly crashFile: string;
  /** A wall clock of its own. */
  readonly clock?: Clock | undefined;
  /** A file system of its own that only it sees, empty at each of its starts. */
  readonly disk?: { readonly folder: string; readonly bytes: number } | undefined;
}

/** How often it is checked whether a point was passed. */
const passedMs = 50;

const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const shortLimits = fileURLToPath(new URL("short-limits.ts", import.meta.url));
const compileCache = fileURLToPath(new URL("../../node_modules/.cache/sealrun-test-commands", import.meta.url));

/** A part that can be started; `env` is for every life of it. */
export function describePart(
  place: PartPlace,
  programs: Pick<Programs, "setpriv">,
  { env, asShipped }: { readonly env: Readonly<Record<string, string>>; readonly asShipped: boolean },
): PartProcess {
  const { name, kind, configFile, logFile, crashFile } = place;
  let running: { readonly pid: number; readonly ended: Promise<string> } | undefined;
  let last: Promise<string> = Promise.resolve("never started");
  let starts = 0;

  const start: PartProcess["start"] = async (more = {}, args = []) => {
    if (running !== undefined) throw new TypeError(`${name} runs already`);
    await rm(crashFile, { force: true });
    starts += 1;
    const ready = Promise.withResolvers<void>();
    const lines: string[] = [];
    const part = await startPartProcess({
      programs,
      name,
      ...withDisk(place.disk, [
        process.execPath,
        ...(asShipped ? [] : ["--conditions=@sealrun/faults"]),
        "--conditions=@sealrun/source",
        "--no-warnings",
        `--import=${shortLimits}`,
        main,
        kind,
        "--config",
        configFile,
        ...args,
      ]),
      environment: {
        NODE_COMPILE_CACHE: compileCache,
        SEALRUN_CRASH_FILE: crashFile,
        ...place.clock?.environment,
        ...withOwnSeed(env, starts),
        ...more,
      },
      logFile,
      onLine: (line) => {
        lines.push(line);
        if (lines.length > 20) lines.shift();
        if (isReadyLine(line)) ready.resolve();
      },
    });
    const ended = part.ended.then(({ exitCode, signal }) => {
      running = undefined;
      return signal ?? String(exitCode);
    });
    last = ended;
    running = { pid: part.pid, ended };
    ready.promise.catch(() => undefined);
    void ended.then((end) => ready.reject(new TypeError(`${name} ended with ${end}:\n${lines.join("\n")}`)));
    await ready.promise;
  };
  return {
    name,
    kind,
    configFile,
    logFile,
    pid: () => running?.pid,
    start,
    kill: async (signal) => {
      if (running === undefined) return;
      const { pid, ended } = running;
      process.kill(pid, signal);
      if (signal === "SIGKILL" || signal === "SIGTERM") await ended;
    },
    ended: async () => last,
    crashAt: async (point) => {
      await writeFile(`${crashFile}.new`, point);
      await rename(`${crashFile}.new`, crashFile);
    },
    passed: async () => {
      while (await isThere(crashFile)) await sleep(passedMs);
      return "SIGKILL";
    },
    disarm: async () => rm(crashFile, { force: true }),
    setClock: place.clock?.set ?? noClock,
  };
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/**
 * Each start draws other injected failures, which a seed of the test still repeats: with the same ones, a start that meets
 * one would meet it again at each try.
 */
function withOwnSeed(env: Readonly<Record<string, string>>, starts: number): Readonly<Record<string, string>> {
  const [seed, ...rest] = env["SEALRUN_FAULTS"]?.split(":") ?? [];
  return seed === undefined ? env : { ...env, SEALRUN_FAULTS: [Number(seed) + starts, ...rest].join(":") };
}

/** The command, or the same as a process that has mounted its disk before it. */
function withDisk(
  disk: PartPlace["disk"],
  [program = "", ...args]: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  if (disk === undefined) return { command: program, args };
  const mount = `mount -t tmpfs -o size=${disk.bytes} tmpfs "$0" && exec "$@"`;
  return { command: "unshare", args: ["-Urm", "sh", "-c", mount, disk.folder, program, ...args] };
}
