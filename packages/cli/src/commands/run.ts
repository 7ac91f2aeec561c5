import type { Client, ExecutionToStart } from "@sealrun/client";
import { SealrunError, showName, type StartedExecution, startExecution, toSealrunError } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseNumber, parsePackagePath } from "../command.ts";
import { connect } from "../connect.ts";
import { describeParameters } from "../execution/describe-parameters.ts";
import { checkAfterStart, reportStart } from "../execution/report-start.ts";
import { parseDuration } from "../parse-duration.ts";
import { addParameterOptions, type ParameterOptions, readParameters } from "./parameters.ts";
import { adviseProject } from "./push.ts";

interface RunOptions extends ParameterOptions {
  readonly packageVersion?: number;
  readonly priority?: number;
  readonly notBefore?: string;
  readonly wait?: boolean;
  readonly timeout?: number;
  readonly json?: boolean;
}

/** `sealrun run`. */
export function runCommand(cli: Cli): Command {
  const command = new Command("run")
    .description(
      "Run a package; with --wait its output is shown as it comes, and the exit code is 0 or 1; --help after a package lists its parameters",
    )
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
    .option("--timeout <time>", "with --wait: how long, such as 90s, 10m or 2h", parseDuration("--timeout"))
    .option("--json", "print the execution as JSON")
    .action(async (address: string, options: RunOptions) => run(cli, address, options));
}

/** Prints the parameters of the package that a command line with --help names, if it names one; says why it cannot. */
export async function helpWithParameters(cli: Cli, words: readonly string[]): Promise<void> {
  const address = words.find((word) => /^[^-/][^/]*\/[^/]+$/.test(word));
  if (address === undefined) return;
  try {
    const { project, package: name } = parsePackagePath(address);
    const { version } = await (await connect(cli)).getPackage(project, name);
    cli.output.line("");
    cli.output.line(`Parameters of ${address}:`);
    for (const line of describeParameters(version?.parameters ?? null)) cli.output.line(`  ${line}`);
  } catch (error) {
    cli.output.note(`The parameters of ${address} are not shown: ${toSealrunError(error).message}`);
  }
}

async function run(cli: Cli, address: string, options: RunOptions): Promise<void> {
  checkAfterStart(options);
  const target = parsePackagePath(address);
  const given = options.params === undefined ? {} : { params: await readParameters(cli, options.params) };
  const client = await connect(cli);
  const { packageVersion: version, priority, notBefore } = options;
  const texts = options.param ?? new Map<string, string>();
  const started = await start(client, { ...target, ...given, texts, version, priority, notBefore });
  const { wait, timeout, json } = options;
  await reportStart(cli, client, { started, wait, timeout, json });
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
