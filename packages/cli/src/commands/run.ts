import type { Client, ExecutionToStart } from "@sealrun/client";
import { SealrunError, showName, type StartedExecution, startExecution } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseNumber, parsePackagePath } from "../command.ts";
import { connect } from "../connect.ts";
import { reportStart } from "../execution/report-start.ts";
import { addParameterOptions, type ParameterOptions, readParameters } from "./parameters.ts";
import { adviseProject } from "./push.ts";

interface RunOptions extends ParameterOptions {
  readonly packageVersion?: number;
  readonly priority?: number;
  readonly notBefore?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

/** `sealrun run`. */
export function runCommand(cli: Cli): Command {
  const command = new Command("run")
    .description("Run a package; with --wait its output is shown as it comes, and the exit code is 0 or 1")
    .argument("<project/package>", "the package to run");
  return addParameterOptions(command)
    .option(
      "--package-version <n>",
      "run this version instead of the newest",
      parseNumber("--package-version", 1, 999_999_999),
    )
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
  const { packageVersion: version, priority, notBefore } = options;
  const started = await start(client, { ...target, ...given, texts: options.param, version, priority, notBefore });
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
