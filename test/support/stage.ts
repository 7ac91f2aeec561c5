import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { executionInfo, type ExecutionInfo, jsonValue, logPage, scope } from "@sealrun/protocol";
import { expect, inject, type ProvidedContext } from "vitest";
import { z } from "zod";
import "./provided.ts";
import { ask } from "./api.ts";
import { commandEnvironment, type DevProcess, type DevProcessOptions, startDevProcess } from "./dev-process.ts";
import { type CommandResult, runSealrun } from "./run-command.ts";

/** What `sealrun run --wait --json` prints. */
const runReport = z.looseObject({
  id: z.string(),
  status: z.string(),
  steps: z.array(
    z.looseObject({
      script: z.string(),
      status: z.string(),
      exitCode: z.number().nullable(),
      output: z.string(),
      result: jsonValue,
    }),
  ),
  receipt: z.array(
    z.looseObject({
      name: z.string(),
      scope: scope.nullable(),
      version: z.number().nullable(),
      step: z.string(),
    }),
  ),
});
export type RunReport = z.infer<typeof runReport>;

/** Files of a package by path; what is no text or bytes is written as JSON. */
export type Files = Readonly<Record<string, unknown>>;

/** A platform that other files use as well: whoever shares it keeps to a project and to names of its own. */
export interface SharedStage extends Pick<DevProcess, "url" | "token" | "fingerprint"> {
  /** A private folder: `data` is the platform's, `home` the commands'. */
  readonly folder: string;
  readonly data: string;
  sealrun(args: readonly string[], options?: { readonly stdin?: string | Uint8Array }): Promise<CommandResult>;
  /** A command that must succeed; gives its standard output. */
  must(args: readonly string[], options?: { readonly stdin?: string | Uint8Array }): Promise<string>;
  /** Lays a package out on disk. */
  write(name: string, files: Files): Promise<string>;
  /** Lays it out and pushes it to a project, which must exist. */
  push(address: string, files: Files): Promise<void>;
  /** Runs `project/package` to its end, whatever that is. */
  run(address: string, args?: readonly string[]): Promise<RunReport>;
  /** Everything that the platform says of an execution. */
  show(id: string): Promise<ExecutionInfo>;
  /** The lines of an execution as `stream: text`. */
  lines(id: string): Promise<readonly string[]>;
}

/** A whole platform as people start it, and the commands that they type. */
export interface Stage extends SharedStage {
  readonly dev: DevProcess;
  close(): Promise<void>;
}

/** Starts `sealrun dev` in a new folder, with these arguments and variables more. */
export async function openStage(options: Omit<DevProcessOptions, "folder"> = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-whole-"));
  const dev = await startDevProcess({ folder, ...options });
  return {
    ...dev,
    ...commandsAt({ ...dev, folder }),
    dev,
    close: async () => {
      await dev.end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The one platform of all files of the project `browser` that need none of their own; it is started before the first. */
export function sharedStage(): SharedStage {
  return commandsAt(inject("stage"));
}

function commandsAt({ url, token, fingerprint, folder }: ProvidedContext["stage"]): SharedStage {
  const sealrun: Stage["sealrun"] = async (args, given = {}) =>
    runSealrun(args, { env: commandEnvironment(folder), cwd: folder, ...given });
  const must: Stage["must"] = async (args, given) => {
    const { exitCode, stdout, stderr } = await sealrun(args, given);
    expect(exitCode, `sealrun ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  const write: Stage["write"] = async (name, files) => writeFiles(join(folder, "packages", name), files);
  return {
    url,
    token,
    fingerprint,
    folder,
    data: join(folder, "data"),
    sealrun,
    must,
    write,
    push: async (address, files) => {
      const [project = "", name = ""] = address.split("/");
      await must(["push", await write(address, files), "--project", project, "--name", name]);
    },
    run: async (address, args = []) => {
      const { stdout, stderr } = await sealrun(["run", address, ...args, "--wait", "--json"]);
      if (stdout === "") throw new Error(`sealrun run ${address} printed no report: ${stderr}`);
      return runReport.parse(JSON.parse(stdout));
    },
    show: async (id) => ask({ url, token }, executionInfo, ["GET", `/executions/${id}`]),
    lines: async (id) => {
      const { lines } = await ask({ url, token }, logPage, ["GET", `/executions/${id}/logs?limit=1000`]);
      return lines.map(({ stream, text }) => `${stream}: ${text}`);
    },
  };
}

/** Lays files out in a new folder and gives its path. */
export async function writeFiles(folder: string, files: Files): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const isPlain = typeof content === "string" || content instanceof Uint8Array;
    await writeFile(join(folder, path), isPlain ? content : `${JSON.stringify(content, undefined, 2)}\n`);
  }
  return folder;
}
