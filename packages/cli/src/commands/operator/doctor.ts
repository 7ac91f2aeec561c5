import { writeFile } from "node:fs/promises";
import { errorCodeOf, SealrunError, showName } from "@sealrun/protocol";
import { Command } from "commander";
import type { Cli } from "../../command.ts";
import { connect } from "../../connect.ts";
import { examine } from "../../doctor/examine.ts";
import { readOwnVersion } from "../../own-version.ts";
import { printChecks } from "../../doctor/print-checks.ts";

interface DoctorOptions {
  readonly config: readonly string[];
  readonly prove?: boolean;
  readonly dev?: string;
  readonly postgres: readonly string[];
  readonly nats: readonly string[];
  readonly logs: readonly string[];
  readonly executor: readonly string[];
  readonly search: readonly string[];
  readonly pool?: string;
  readonly report?: string;
  readonly json?: boolean;
}

/** `sealrun doctor`, and `sealrun doctor --prove`. */
export function doctorCommand(cli: Cli): Command {
  const add = (path: string, before: readonly string[] = []): readonly string[] => [...before, path];
  return new Command("doctor")
    .description(
      "Check an installation; with --prove, plant secrets, run a package that reads them, and search for them",
    )
    .option("--config <file>", "settings of an executor, to check the machine on which it runs; repeatable", add)
    .option("--prove", "search this machine for planted secrets; exit code 1 when one is found, or nothing is proven")
    .option("--dev <dir>", "with --prove: the data folder of a sealrun dev, instead of the folders below")
    .option("--postgres <dir>", "with --prove: a data folder of PostgreSQL; repeatable", add)
    .option("--nats <dir>", "with --prove: a folder in which NATS stores its streams; repeatable", add)
    .option("--logs <path>", "with --prove: a log file, or a folder of them; repeatable", add)
    .option("--executor <dir>", "with --prove: a folder of an executor that runs here; repeatable", add)
    .option("--search <path>", "with --prove: another file or folder; repeatable", add)
    .option("--pool <pool>", "with --prove: the pool whose executor runs the package")
    .option("--report <file>", "with --prove: write the report to this file, for an auditor")
    .option("--json", "print it as JSON")
    .action(async (given: Partial<DoctorOptions>) => {
      const options = { config: [], postgres: [], nats: [], logs: [], executor: [], search: [], ...given };
      checkOptions(options);
      await (options.prove === true ? runProof(cli, options) : runChecks(cli, options));
    });
}

/** An option that would do nothing is refused. */
function checkOptions(options: DoctorOptions): void {
  const { prove = false, dev, postgres, nats, logs, executor, search, pool, report, config } = options;
  const folders = { postgres, nats, logs, executor };
  const given = Object.entries(folders).filter(([, paths]) => paths.length > 0);
  const ofProof = [...given.map(([name]) => name), ...(search.length > 0 ? ["search"] : [])];
  for (const [name, value] of Object.entries({ dev, pool, report })) if (value !== undefined) ofProof.push(name);
  if (!prove && ofProof[0] !== undefined) throw usage(`--${ofProof[0]} is only for --prove; add it`);
  if (prove && config.length > 0) throw usage("--config is for the checks, without --prove; leave out one of them");
  if (dev !== undefined && given[0] !== undefined) {
    throw usage(`--dev names all folders of a sealrun dev; leave out --${given[0][0]}`);
  }
  if (prove && dev === undefined && given.length === 0) {
    throw usage("--prove needs a place to search; name --dev, or some of --postgres, --nats, --logs and --executor");
  }
}

async function runChecks(cli: Cli, { config, json }: DoctorOptions): Promise<void> {
  const { examineExecutor } = await import("../../parts/executor.ts");
  const checks = await examine({
    version: await readOwnVersion(),
    connect: async () => connect(cli),
    executors: config.map((file) => ({ file, findings: async () => examineExecutor(file) })),
  });
  if (json === true) cli.output.json({ checks });
  else printChecks(cli.output, checks);
  const bad = checks.filter(({ state }) => state === "bad");
  if (bad.length > 0) {
    throw new SealrunError("UNHEALTHY", `${bad.length} of ${checks.length} checks found something that does not work`);
  }
}

async function runProof(cli: Cli, options: DoctorOptions): Promise<void> {
  const { output } = cli;
  const [{ prove }, { isProven, reportJson, reportLines, summarise }, { placesOfDev }, { layOutDataFolder }] =
    await Promise.all([
      import("../../prove/prove.ts"),
      import("../../prove/report.ts"),
      import("../../prove/places.ts"),
      import("../../dev/data-folder.ts"),
    ]);
  const { dev, postgres, nats, logs, executor, search, pool, report, json } = options;
  const named =
    dev === undefined ? { postgres, nats, logs, executor, other: search } : placesOfDev(layOutDataFolder(dev), search);
  const signal = cli.takeSignals();
  const client = await connect(cli);
  const proof = await prove({ client, named, pool, signal, say: (line) => output.note(line) });
  const lines = reportLines(proof);
  if (report !== undefined) await writeReport(report, lines);
  if (json === true) output.json(reportJson(proof));
  else for (const line of lines) output.line(line);
  if (!isProven(proof)) throw new SealrunError("NOT_PROVEN", summarise(proof));
}

async function writeReport(file: string, lines: readonly string[]): Promise<void> {
  try {
    await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  } catch (error) {
    const code = errorCodeOf(error) ?? "it failed";
    throw new SealrunError("CONFIG_INVALID", `--report: ${showName(file)} cannot be written (${code})`, {
      cause: error,
    });
  }
}

function usage(sentence: string): SealrunError {
  return new SealrunError("USAGE", sentence);
}
