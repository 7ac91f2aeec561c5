import type { Readable } from "node:stream";
import { executionId, packageName, projectName, SealrunError, showName } from "@sealrun/protocol";
import type { Command } from "commander";
import type { InstalledFiles } from "./files/installed-files.ts";
import type { Output } from "./output.ts";
import type { Environment } from "./setup/find-on-path.ts";
import type { HostPython } from "./setup/python.ts";

/** How the command was installed: which commands it has, and where its own files are. */
export interface Edition {
  /** The name of the program. */
  readonly name: "sealrun" | "sealrun-server";
  /** What people type for it. */
  readonly typed: string;
  addCommands(program: Command, cli: Cli): void;
  files(): InstalledFiles;
  /** The Python of this machine, for scripts that run as the user's own programs. */
  findPython(cli: Pick<Cli, "environment" | "output">): Promise<HostPython>;
}

/** What every command gets. */
export interface Cli {
  readonly edition: Edition;
  readonly environment: Environment;
  readonly output: Output;
  readonly input: Readable & { readonly isTTY?: boolean };
  /** Descriptors that the program which started this one had left open; they are closed. */
  readonly closedDescriptors: readonly number[];
  /** `--profile`, or undefined. */
  profileName(): string | undefined;
  /**
   * From now on Ctrl-C and SIGTERM abort this signal instead of ending the process: for a command that has to clean up.
   * A second Ctrl-C still ends the process.
   */
  takeSignals(): AbortSignal;
}

/** The two names of `PROJECT/PACKAGE`; `USAGE` for another form, `NAME_NOT_ALLOWED` for a name that breaks the rule. */
export function parsePackagePath(text: string): { readonly project: string; readonly package: string } {
  const [project, name, ...rest] = text.split("/");
  if (project === undefined || name === undefined || rest.length > 0) {
    throw new SealrunError("USAGE", `Expected PROJECT/PACKAGE, found ${showName(text)}`);
  }
  return { project: checkName(projectName, project), package: checkName(packageName, name) };
}

/** A project's name as given; `NAME_NOT_ALLOWED` with the rule. */
export function parseProject(text: string): string {
  return checkName(projectName, text);
}

/** A package's name as given; `NAME_NOT_ALLOWED` with the rule. */
export function parsePackage(text: string): string {
  return checkName(packageName, text);
}

/** An execution's id as given; `EXECUTION_NOT_FOUND` for what cannot be one. */
export function parseExecutionId(text: string): string {
  if (executionId.safeParse(text).success) return text;
  throw new SealrunError(
    "EXECUTION_NOT_FOUND",
    `${showName(text)} is not an execution's id: exe_ and 20 letters and digits`,
  );
}

/** Parses an option's whole number from `min` to `max`; `USAGE` for anything else. */
export function parseNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new SealrunError(
      "USAGE",
      `${option}: expected a whole number from ${min} to ${max}, found ${showName(text)}`,
    );
  };
}

/** An option's folder as given; `USAGE` for an empty text, such as that of a variable that is not set. */
export function parseFolder(option: string): (text: string) => string {
  return (text) => {
    if (text !== "") return text;
    throw new SealrunError("USAGE", `${option}: expected a folder, found an empty text`);
  };
}

/** The cursor that a page of a list ended with; `USAGE` for what cannot be one. */
export function parseCursor(text: string): string {
  if (/^[0-9]{1,18}$/.test(text)) return text;
  throw new SealrunError(
    "USAGE",
    `--before: expected the number that the previous page printed, found ${showName(text)}`,
  );
}

function checkName(schema: typeof projectName | typeof packageName, text: string): string {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new SealrunError("NAME_NOT_ALLOWED", `${showName(text)} is not allowed: ${parsed.error.issues[0]?.message}`);
}
