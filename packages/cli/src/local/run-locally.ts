import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
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
import { type Environment, findOnPath } from "../setup/find-on-path.ts";
import type { HostPython } from "../setup/python.ts";
import { endAfter } from "./end-after.ts";
import { type LocalGiven, type LocalSettings, openGiven, resolveLocally } from "./resolve-locally.ts";
import { startProgram } from "../setup/run-program.ts";

/** What a script needs of this machine. */
export interface LocalHost {
  readonly environment: Environment;
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
  // Never read here: a stream is the type that execa wants to give the child its descriptor.
  const descriptor = file === undefined ? [] : [createReadStream("", { fd: file.fd, autoClose: false })];
  const child = startProgram(program, args, {
    cwd: folder,
    env: { ...localEnvironment(host.environment, step, folder), ...handed, ...command.environment },
    stdio: ["inherit", "inherit", "inherit", ...descriptor],
    reject: false,
  });
  const timeout = endAfter(child.pid, step.timeoutMs);
  const result = await child;
  const isTimedOut = timeout.stop();
  await file?.close();
  if (isTimedOut) {
    const timeout = showSeconds(step.timeoutMs ?? 0);
    const sentence = `${step.script} ran longer than its timeout of ${timeout} and was ended; raise the step's timeout in manifest.json if it needs longer`;
    return new SealrunError("SCRIPT_TIMED_OUT", sentence);
  }
  if (result.exitCode === 0) return undefined;
  const how = result.signal === undefined ? `exit code ${result.exitCode ?? "unknown"}` : `signal ${result.signal}`;
  return new SealrunError("SCRIPT_FAILED", `${step.script} ended with ${how}`);
}

/** jq as an executor runs it, loaded when a reference needs it. */
async function runJq(program: string, input: JsonObject): Promise<JsonValue> {
  const part = await import("../parts/executor.ts");
  return part.runJq(program, input);
}

/** What the executor mounts for scripts, by its path in this installation. */
function installed(): Readonly<Record<"bootstrap" | "answerShell" | "pythonSdk" | "hook", string>> {
  // The executor's door is in `dist` or `src` of its package.
  const executor = import.meta.resolve("@sealrun/executor");
  const answerShell = executor.endsWith(".ts") ? "./local/answer-shell.ts" : "./local/answer-shell.js";
  return {
    bootstrap: fileURLToPath(new URL("../src/bootstrap/", executor)),
    answerShell: fileURLToPath(new URL(answerShell, executor)),
    pythonSdk: fileURLToPath(new URL("../../sdk-python/", import.meta.resolve("@sealrun/sdk"))),
    hook: new URL(import.meta.url.endsWith(".ts") ? "./sdk-hook.ts" : "./sdk-hook.js", import.meta.url).href,
  };
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
      const { hook, bootstrap } = installed();
      const modules = ["--import", hook, "--import", pathToFileURL(join(bootstrap, "bootstrap.mjs")).href];
      return {
        command: [process.execPath, ...nodeFlags(), ...flags, ...modules, path],
        environment: { SEALRUN_LOCAL_SCRIPT: "1" },
      };
    }
    case "python": {
      const { interpreter, environment } = await host.findPython();
      return { command: [interpreter, "-B", ...flags, `${installed().bootstrap}bootstrap.py`, path], environment };
    }
    case "shell":
      return { command: [await findShell(shell, script, host.environment), ...flags, path], environment: {} };
    case undefined:
      throw new SealrunError("PACKAGE_INVALID", `${script} is not a script`);
  }
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
function localEnvironment(environment: Environment, step: Step, folder: string): Record<string, string> {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("SEALRUN_"));
  const own = Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const { bootstrap, answerShell, pythonSdk } = installed();
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
