import { Command, Option } from "commander";
import { SealrunError } from "@sealrun/protocol";
import { type Cli, parseFolder, parseNumber } from "../command.ts";
import { defaultDataFolder } from "../dev/data-folder.ts";
import { readProfiles } from "../profile/file.ts";

interface DevCommandOptions {
  readonly data: string;
  readonly port: number;
  readonly detach?: true;
  readonly readyFile?: string;
  readonly metricsPort?: number;
  readonly tracing?: string;
  readonly allowHostNetwork?: true;
  readonly logLevel: (typeof logLevels)[number];
}

interface StopOptions {
  readonly json?: boolean;
}

const logLevels = ["trace", "debug", "info", "warn", "error"] as const;

/** `sealrun dev` and `sealrun dev stop`. */
export function devCommand(cli: Cli): Command {
  const command = new Command("dev")
    .description("Start a complete platform on this machine, with no setup")
    .option("--data <dir>", "folder for all data; delete it to start over", parseFolder("--data"), defaultDataFolder)
    .option("--port <n>", "port to listen on; 0 picks a free one", parseNumber("--port", 0, 65_535), 7_700)
    .option("--detach", "return when it is ready, and leave it running in the background")
    .option("--ready-file <file>", 'file to write when ready: {"url","token","fingerprint"}')
    .option(
      "--metrics-port <n>",
      "offer metrics on this port of 127.0.0.1 (platform) and the next two (keyring, executor)",
      parseNumber("--metrics-port", 1_024, 65_533),
    )
    .option("--tracing <url>", "send spans of executions to this OpenTelemetry collector (OTLP over HTTP)")
    .option("--allow-host-network", "let packages ask for this machine's whole network, its own services included")
    .addOption(new Option("--log-level <level>", "log level of all parts").choices(logLevels).default("info"))
    .action(async (options: DevCommandOptions) => (options.detach === true ? detach : run)(cli, options));
  command
    .command("stop")
    .description("Stop the platform that sealrun dev started on a data folder")
    .option("--data <dir>", "its data folder", parseFolder("--data"), defaultDataFolder)
    .option("--json", "print it as JSON")
    .action(async ({ json }: StopOptions) => {
      requireOnly(command, "data");
      // The library gives an option that both commands have to the outer one, wherever it stands.
      const { data } = command.opts<DevCommandOptions>();
      await stop(cli, { data, ...(json === undefined ? {} : { json }) });
    });
  return command;
}

async function run(cli: Cli, options: DevCommandOptions): Promise<void> {
  const { environment, output } = cli;
  const signal = cli.takeSignals();
  const closed = cli.closedDescriptors;
  if (closed.length > 0)
    output.note(`Closed descriptors that the program which started this one had left open: ${closed.join(", ")}`);
  // A file that cannot be used is told before anything starts.
  await readProfiles(environment);
  const { data, allowHostNetwork, readyFile, ...settings } = options;
  const [{ runDev }, { saveDevProfile }] = await Promise.all([
    import("../dev/run-dev.ts"),
    import("../profile/save-dev.ts"),
  ]);
  await runDev({
    ...settings,
    dataFolder: data,
    readyFile,
    allowHostNetwork: allowHostNetwork === true,
    environment,
    say: (line) => output.line(line),
    sayStep: (line) => output.note(line),
    isTerminal: cli.input.isTTY === true,
    signal,
    saveProfile: async (dev) => saveDevProfile(environment, dev),
  });
}

async function detach(cli: Cli, options: DevCommandOptions): Promise<void> {
  const signal = cli.takeSignals();
  const { startDetached } = await import("../dev/start-detached.ts");
  await startDetached({
    dataFolder: options.data,
    args: ["dev", ...argumentsOf(options)],
    environment: cli.environment,
    say: (line) => cli.output.line(line),
    signal,
  });
}

/** The options as they are typed, without `--detach`. */
function argumentsOf(options: DevCommandOptions): readonly string[] {
  const { data, port, readyFile, metricsPort, tracing, allowHostNetwork, logLevel } = options;
  const given = { data, port, "ready-file": readyFile, "metrics-port": metricsPort, tracing, "log-level": logLevel };
  return [
    ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    ...(allowHostNetwork === true ? ["--allow-host-network"] : []),
  ];
}

async function stop(cli: Cli, { data, json }: StopOptions & { readonly data: string }): Promise<void> {
  const { output } = cli;
  const { stopDev } = await import("../dev/stop-dev.ts");
  const done = output.progress("stopping");
  const stopped = await stopDev(data, cli.takeSignals()).finally(done);
  if (json === true) return output.json({ stopped: stopped ?? null });
  if (stopped === undefined) return output.line(`no sealrun dev runs on ${data}`);
  output.line(`${output.paint("green", "stopped")} the sealrun dev of ${data}`);
}

/** Another option of `sealrun dev` would do nothing. */
function requireOnly(command: Command, name: string): void {
  const isGiven = (attribute: string): boolean => command.getOptionValueSource(attribute) === "cli";
  const other = command.options.find((one) => one.attributeName() !== name && isGiven(one.attributeName()))?.long;
  if (other === undefined || other === null) return;
  throw new SealrunError("USAGE", `sealrun dev stop takes only --data and --json; leave out ${other}`);
}
