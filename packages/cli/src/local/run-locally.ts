import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  errorCodeOf,
  firstLineOf,
  type JsonObject,
  type JsonValue,
  readInterpreter,
  scriptKind,
  SealrunError,
  showSeconds,
  type Step,
  waitBeforeRetry,
} from "@sealrun/protocol";
import type { InstalledFiles } from "../files/installed-files.ts";
import { type Environment, findOnPath } from "../setup/find-on-path.ts";
import type { HostPython } from "../setup/python.ts";
import { endAfter } from "./end-after.ts";
import { type LocalGiven, type LocalSettings, openGiven, resolveLocally } from "./resolve-locally.ts";

/** What a script needs of this machine. */
export interface LocalHost {
  readonly environment: Environment;
  readonly files: InstalledFiles;
  /** Called only for a Python script: Python may have to be fetched. */
  readonly findPython: () => Promise<HostPython>;
  /** Tells the person who waits. */
  readonly note: (text: string) => void;
}

/**
 * Runs one step in the package's folder, on this terminal and without a sandbox, as often as its `retry` says; its
 * secrets come from ef_env.json. `SCRIPT_FAILED` for an exit code other than 0, `SCRIPT_TIMED_OUT`, `INTERPRETER_MISSING`
 * names what to install.
 */
export async function runStepLocally(
  folder: string,
  step: Step,
  settings: LocalSettings,
  host: LocalHost,
): Promise<void> {
  const command = await commandFor(folder, step.script, host);
  const given = await resolveLocally(settings, step, runJq);
  for (let tried = 1; ; tried += 1) {
    const failure = await tryStep({ folder: resolve(folder), step, command, given, host });
    if (failure === undefined) return;
    const waitMs = waitBeforeRetry(step.retry, tried, failure.code);
    if (waitMs === undefined) throw failure;
    host.note(`${failure.message}; try ${tried + 1} of ${step.retry?.attempts ?? 1} in ${showSeconds(waitMs)}`);
    await sleep(waitMs);
  }
}

interface OneTry {
  readonly folder: string;
  readonly step: Step;
  readonly command: LocalCommand;
  readonly given: LocalGiven | undefined;
  readonly host: LocalHost;
}

/** Why this try failed, or undefined. */
async function tryStep({ folder, step, command, given, host }: OneTry): Promise<SealrunError | undefined> {
  const [program, ...args] = command.command;
  const file = given === undefined ? undefined : await openGiven(given);
  const handed = file === undefined ? {} : { ...given?.env, SEALRUN_ENV: "local", SEALRUN_LOCAL_GIVEN: "3" };
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...localEnvironment(host, step, folder), ...handed, ...command.environment },
    stdio: ["inherit", "inherit", "inherit", ...(file === undefined ? [] : [file.fd])],
  });
  const timeout = endAfter(child.pid, step.timeoutMs);
  const how = await endOf(child);
  const isTimedOut = timeout.stop();
  await file?.close();
  if (isTimedOut) {
    const timeout = showSeconds(step.timeoutMs ?? 0);
    const sentence = `${step.script} ran longer than its timeout of ${timeout} and was ended; raise the step's timeout in manifest.json if it needs longer`;
    return new SealrunError("SCRIPT_TIMED_OUT", sentence);
  }
  return how === undefined ? undefined : new SealrunError("SCRIPT_FAILED", `${step.script} ended with ${how}`);
}

/** How a script ended; undefined for exit code 0. It ends with this process. */
async function endOf(child: ChildProcess): Promise<string | undefined> {
  const onExit = (): void => void child.kill();
  process.once("exit", onExit);
  try {
    return await new Promise((resolve) => {
      child.once("error", (error) => resolve(`no start (${errorCodeOf(error) ?? "it failed"})`));
      child.once("exit", (code, signal) => {
        resolve(code === 0 ? undefined : signal === null ? `exit code ${code}` : `signal ${signal}`);
      });
    });
  } finally {
    process.off("exit", onExit);
  }
}

/** jq as an executor runs it, loaded when a reference needs it. */
async function runJq(program: string, input: JsonObject): Promise<JsonValue> {
  const jq = await import("./run-jq.ts");
  return jq.runJq(program, input);
}

interface LocalCommand {
  readonly command: readonly [string, ...string[]];
  /** What the interpreter itself needs. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Throws `PACKAGE_INVALID` for a first line that a run would refuse too. */
async function commandFor(folder: string, script: string, host: LocalHost): Promise<LocalCommand> {
  const { shell, flags } = readInterpreter(script, firstLineOf(await readFile(join(folder, script))));
  const path = `./${script}`;
  switch (scriptKind(script)) {
    case "typescript":
    case "javascript": {
      // The bootstrap asks for the SDK, which the hook finds.
      requireHooks(script);
      const { hook, bootstrap } = host.files;
      const modules = ["--import", hook, "--import", pathToFileURL(join(bootstrap, "bootstrap.mjs")).href];
      return {
        command: [process.execPath, ...nodeFlags(), ...flags, ...modules, path],
        environment: { SEALRUN_LOCAL_SCRIPT: "1" },
      };
    }
    case "python": {
      const { interpreter, environment } = await host.findPython();
      return { command: [interpreter, "-B", ...flags, `${host.files.bootstrap}bootstrap.py`, path], environment };
    }
    case "shell":
      return { command: [await findShell(shell, script, host.environment), ...flags, path], environment: {} };
    case undefined:
      throw new SealrunError("PACKAGE_INVALID", `${script} is not a script`);
  }
}

/** The SDK is found by hooks of Node, and TypeScript runs as it is: both came with the same version. */
function requireHooks(script: string): void {
  if (typeof process.features.typescript === "string") return;
  throw new SealrunError(
    "INTERPRETER_MISSING",
    `${script}: sealrun local runs scripts of this kind with Node 22.18 or newer, and this is ${process.version}`,
  );
}

/** The condition of this process, under which sealrun's own sources are found. */
function ownConditions(): readonly string[] {
  return process.execArgv.filter((flag) => flag.startsWith("--conditions="));
}

function nodeFlags(): readonly string[] {
  const transform = "--experimental-transform-types";
  const isKnown = process.allowedNodeEnvironmentFlags.has(transform);
  return [...ownConditions(), "--disable-warning=ExperimentalWarning", ...(isKnown ? [transform] : [])];
}

/** This user's environment, without the token and settings of the command itself. */
function localEnvironment({ environment, files }: LocalHost, step: Step, folder: string): Record<string, string> {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("SEALRUN_"));
  const own = Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const { bootstrap, answerShell, pythonSdk } = files;
  const pythonPath = [pythonSdk, environment["PYTHONPATH"]].filter((path) => path !== undefined && path !== "");
  return {
    ...own,
    PATH: `${bootstrap}:${environment["PATH"] ?? ""}`,
    PYTHONPATH: pythonPath.join(":"),
    PYTHONUNBUFFERED: "1",
    ...step.env,
    SEALRUN_ENV: "local",
    // What sealrun-context starts instead of asking an executor.
    SEALRUN_LOCAL_ANSWER: answerShell,
    SEALRUN_LOCAL_FLAGS: [...ownConditions(), "--no-warnings"].join(" "),
    SEALRUN_LOCAL_FOLDER: folder,
    SEALRUN_LOCAL_NODE: process.execPath,
  };
}

async function findShell(shell: string, script: string, environment: Environment): Promise<string> {
  const path = await findOnPath(shell, environment);
  if (path !== undefined) return path;
  throw new SealrunError("INTERPRETER_MISSING", `${script} needs ${shell}; install it or put it on PATH`);
}
