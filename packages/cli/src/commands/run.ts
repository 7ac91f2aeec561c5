import type { Client, ExecutionToStart } from "@sealrun/client";
import {
  type JsonObject,
  limits,
  parseStrictJson,
  SealrunError,
  showName,
  type StartedExecution,
  startExecution,
} from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseNumber, parsePackagePath } from "../command.ts";
import { connect } from "../connect.ts";
import { reportStart } from "../execution/report-start.ts";
import { readInput } from "../prompt.ts";
import { readNamedFile } from "../files/read-file.ts";
import { adviseProject } from "./push.ts";

interface RunOptions {
  readonly param: ReadonlyMap<string, string>;
  readonly params?: string;
  readonly priority?: number;
  readonly notBefore?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

/** `sealrun run`. */
export function runCommand(cli: Cli): Command {
  return new Command("run")
    .description("Run a package; with --wait its output is shown as it comes, and the exit code is 0 or 1")
    .argument("<project/package>", "the package to run")
    .option(
      "-p, --param <key=value>",
      "a parameter; repeat the option for more",
      collectParameter,
      new Map<string, string>(),
    )
    .option("--params <file>", "a JSON object of parameters, - for standard input; keeps them out of the process list")
    .option("--priority <n>", "1 runs last, 10 runs first (default: the manifest's)", parseNumber("--priority", 1, 10))
    .option("--not-before <time>", 'earliest start: a time with its zone, such as "2027-01-31T06:00:00Z"', parseTime)
    .option("--wait", "wait for the end")
    .option("--json", "print the execution as JSON")
    .action(async (address: string, options: RunOptions) => run(cli, address, options));
}

async function run(cli: Cli, address: string, options: RunOptions): Promise<void> {
  const target = parsePackagePath(address);
  const given = options.params === undefined ? {} : { params: await readParameters(cli, options.params) };
  const client = await connect(cli);
  const { priority, notBefore } = options;
  const started = await start(client, { ...target, ...given, texts: options.param, priority, notBefore });
  await reportStart(cli, client, { started, wait: options.wait, json: options.json });
}

async function start(client: Client, input: ExecutionToStart): Promise<StartedExecution> {
  try {
    return await client.startExecution(input);
  } catch (error) {
    throw adviseProject(error, input.project);
  }
}

/** A time in ISO 8601. It must have a zone: without one it would mean different times on different machines. */
function parseTime(text: string): string {
  const parsed = startExecution.shape.notBefore.safeParse(text);
  if (parsed.success) return text;
  throw new SealrunError(
    "USAGE",
    `--not-before: expected a time with its zone, such as 2027-01-31T06:00:00Z or 2027-01-31T08:00:00+02:00, found ${showName(text)}`,
  );
}

function collectParameter(text: string, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new SealrunError("USAGE", "-p: expected key=value with a key that is not empty");
  const name = text.slice(0, equals);
  if (before.has(name)) throw new SealrunError("USAGE", `-p: ${showName(name)} is given twice; keep one of them`);
  return new Map([...before, [name, text.slice(equals + 1)]]);
}

async function readParameters(cli: Cli, source: string): Promise<JsonObject> {
  const bytes = source === "-" ? await readInput(cli) : await readNamedFile(source, limits.documentBytes);
  const file = source === "-" ? "standard input" : source;
  const { value } = parseStrictJson(bytes, {
    file,
    code: "PARAMETER_INVALID",
    maxBytes: limits.documentBytes,
    maxDepth: limits.jsonDepth,
  });
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new SealrunError("PARAMETER_INVALID", `${file}: expected one JSON object of parameters`);
}
