import { Command, Option } from "commander";
import { type Cli, parseNumber } from "../command.ts";
import { readProfiles } from "../profile/file.ts";

interface DevCommandOptions {
  readonly data: string;
  readonly port: number;
  readonly readyFile?: string;
  readonly metricsPort?: number;
  readonly tracing?: string;
  readonly allowHostNetwork?: true;
  readonly logLevel: (typeof logLevels)[number];
}

const logLevels = ["trace", "debug", "info", "warn", "error"] as const;

/** `sealrun dev`. */
export function devCommand(cli: Cli): Command {
  return new Command("dev")
    .description("Start a complete platform on this machine, with no setup")
    .option("--data <dir>", "folder for all data; delete it to start over", ".sealrun")
    .option("--port <n>", "port to listen on; 0 picks a free one", parseNumber("--port", 0, 65_535), 7_700)
    .option("--ready-file <file>", 'file to write when ready: {"url","token","fingerprint"}')
    .option(
      "--metrics-port <n>",
      "offer metrics on this port of 127.0.0.1 (platform) and the next two (keyring, executor)",
      parseNumber("--metrics-port", 1_024, 65_533),
    )
    .option("--tracing <url>", "send spans of executions to this OpenTelemetry collector (OTLP over HTTP)")
    .option("--allow-host-network", "let packages ask for this machine's whole network, its own services included")
    .addOption(new Option("--log-level <level>", "log level of all parts").choices(logLevels).default("info"))
    .action(async ({ data, port, readyFile, metricsPort, tracing, allowHostNetwork, logLevel }: DevCommandOptions) => {
      const { environment, output } = cli;
      const signal = cli.takeSignals();
      const closed = cli.closedDescriptors;
      if (closed.length > 0)
        output.note(`Closed descriptors that the program which started this one had left open: ${closed.join(", ")}`);
      // A file that cannot be used is told before anything starts.
      await readProfiles(environment);
      const [{ runDev }, { saveDevProfile }] = await Promise.all([
        import("../dev/run-dev.ts"),
        import("../profile/save-dev.ts"),
      ]);
      await runDev({
        dataFolder: data,
        port,
        readyFile,
        metricsPort,
        tracing,
        allowHostNetwork: allowHostNetwork === true,
        logLevel,
        environment,
        say: (line) => output.line(line),
        signal,
        saveProfile: async (dev) => saveDevProfile(environment, dev),
      });
    });
}
