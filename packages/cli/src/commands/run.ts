import type { Client, ExecutionToStart } from "@sealrun/client";
import {
  type ExecutionInfo,
  type JsonObject,
  limits,
  parseStrictJson,
  SealrunError,
  showName,
  startExecution,
} from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseNumber, parsePackagePath } from "../command.ts";
import { connect } from "../connect.ts";
import { followToEnd, livePrinter } from "../execution/follow.ts";
import { tellWaiting } from "../execution/tell-waiting.ts";
import { printOutcome } from "../execution/print-execution.ts";
import { readInput } from "../prompt.ts";
import { readNamedFile } from "../read-file.ts";
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
    .argument("<project/package>", "what to run")
    .option(
      "-p, --param <key=value>",
      "a parameter; may be given more than once",
      collectParameter,
      new Map<string, string>(),
    )
    .option(
      "--params <file>",
      "a JSON object of parameters, - for standard input: nobody sees them in the process list",
    )
    .option("--priority <n>", "from 1, last, to 10, first; the manifest's without it", parseNumber("--priority", 1, 10))
    .option(
      "--not-before <time>",
      'starts it then at the earliest: a time with its zone, such as "2027-01-31T06:00:00Z"',
      parseTime,
    )
    .option("--wait", "wait for the end")
    .option("--json", "print the execution as JSON")
    .action(async (address: string, options: RunOptions) => run(cli, address, options));
}

async function run(cli: Cli, address: string, options: RunOptions): Promise<void> {
  const { output } = cli;
  const target = parsePackagePath(address);
  const given = options.params === undefined ? {} : { params: await readParameters(cli, options.params) };
  const client = await connect(cli);
  const { priority, notBefore } = options;
  const started = await start(client, { ...target, ...given, texts: options.param, priority, notBefore });
  if (options.wait !== true) {
    if (options.json === true) return output.json(started);
    output.line(`${output.paint("green", "started")} ${started.id}`);
    output.line(`next: sealrun execution logs ${started.id} --follow`);
    return;
  }
  const execution = await waitFor(cli, client, { id: started.id, isQuiet: options.json === true });
  if (options.json === true) output.json(execution);
  else printOutcome(output, execution);
  requireSuccess(execution);
}

/** `EXECUTION_FAILED` unless it succeeded: the exit code of whoever waited is 1. */
function requireSuccess({ id, status, error, steps }: ExecutionInfo): void {
  if (status === "succeeded") return;
  const step = steps.find((candidate) => candidate.status === "failed");
  const code = step?.exitCode === undefined || step.exitCode === null ? "" : ` with exit code ${step.exitCode}`;
  const why = step === undefined ? error?.message : `step ${step.name} failed${code}`;
  const sentence = status === "lost" ? `Execution ${id} was lost` : `Execution ${id} ${status}`;
  throw new SealrunError("EXECUTION_FAILED", why === undefined ? sentence : `${sentence}: ${why}`);
}

async function start(client: Client, input: ExecutionToStart): Promise<{ readonly id: string }> {
  try {
    return await client.startExecution(input);
  } catch (error) {
    throw adviseProject(error, input.project);
  }
}

async function waitFor(
  { output }: Cli,
  client: Client,
  { id, isQuiet }: { readonly id: string; readonly isQuiet: boolean },
): Promise<ExecutionInfo> {
  if (isQuiet) return followToEnd(client, id, () => undefined);
  const { onEvent, done } = livePrinter(output);
  const endWaiting = tellWaiting(output, client, id);
  try {
    return await followToEnd(client, id, onEvent);
  } finally {
    endWaiting();
    done();
  }
}

/** What people write for a time, as ISO 8601; one without a zone would mean another time elsewhere. */
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
  if (equals < 1) throw new SealrunError("USAGE", "-p: expected key=value, the key not empty");
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
