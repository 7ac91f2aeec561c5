import { Command } from "commander";
import { continueAudit, defaultPool, SealrunError, showName } from "@sealrun/protocol";
import { describeAccepted, howToContinue, showChecked } from "../../show-audit-check.ts";
import type { Cli } from "../../command.ts";
import type { PartName } from "../../parts/part.ts";
import { executorListCommands } from "./executors.ts";
import { healthCommand } from "./health.ts";
import { holdCommands } from "./hold.ts";

interface TokenOptions {
  readonly config: string;
  readonly output: string;
  readonly pool: string;
  readonly url?: string;
}

interface PartCommandOptions {
  readonly config?: string;
  readonly hold?: boolean;
  readonly unsafeNoSandbox?: boolean;
}

const parts: readonly (readonly [PartName, string])[] = [
  ["platform", "Run the platform: HTTP API, projects, packages, executions"],
  ["keyring", "Run the keyring: scope keys, grants, enrolment"],
  ["executor", "Run an executor: takes executions and runs their scripts"],
];

/** `sealrun platform`, `keyring` and `executor`: one process each. Their code is loaded only when one of them runs. */
export function partCommands(cli: Cli): readonly Command[] {
  return parts.map(([name, description]) => {
    const command = new Command(name)
      .description(description)
      // Not a required option: commander would require it for the commands below `platform` too.
      .option("--config <file>", "the settings file")
      .action(async ({ config, ...options }: PartCommandOptions) => {
        if (config === undefined)
          throw new SealrunError("USAGE", `Expected --config <file>; see sealrun ${name} --help`);
        const signal = cli.takeSignals();
        const { runPart } = await import("../../parts/run-part.ts");
        await runPart(name, config, { ...options, signal, closedDescriptors: cli.closedDescriptors });
      });
    switch (name) {
      case "platform":
        command.option(
          "--hold",
          "start no execution until sealrun platform resume; for the first start after a restore",
        );
        for (const inner of [...holdCommands(cli), healthCommand(cli)]) command.addCommand(inner);
        return command;
      case "keyring":
        return command;
      case "executor":
        command.option(
          "--unsafe-no-sandbox",
          "run scripts without a sandbox; every execution shows that it ran without one",
        );
        for (const inner of executorListCommands(cli)) command.addCommand(inner);
        return command;
    }
  });
}

/** `sealrun keyring-revoke`: run where the keyring runs. */
export function revokeCommand(cli: Cli): Command {
  return new Command("keyring-revoke")
    .description("Revoke an executor permanently")
    .argument("<executor>", "its id, as its log and the platform's list show it")
    .requiredOption("--config <file>", "the keyring's settings")
    .action(async (executor: string, { config }: { readonly config: string }) => {
      const { revokeExecutor } = await import("../../parts/keyring.ts");
      await revokeExecutor(config, executor);
      cli.output.line(`revoked ${executor}: the keyring will refuse its requests`);
    });
}

/** `sealrun keyring-audit`: run where the keyring runs. */
export function keyringAuditCommand(cli: Cli): Command {
  return new Command("keyring-audit")
    .description("Check that no row of the keyring's own audit was changed, removed or added; exit code 1 when one was")
    .requiredOption("--config <file>", "the keyring's settings")
    .option("--full", "check every row, not only those after the last check")
    .option("--continue-after <link>", "accept that times go backwards after this link because the clock was wrong")
    .option("--reason <text>", "with --continue-after: the reason; it is kept in the audit")
    .action(async (options: KeyringAuditOptions) => keyringAudit(cli, options));
}

interface KeyringAuditOptions {
  readonly config: string;
  readonly full?: boolean;
  readonly continueAfter?: string;
  readonly reason?: string;
}

async function keyringAudit(cli: Cli, { config, full, continueAfter, reason }: KeyringAuditOptions): Promise<void> {
  const { continueKeyringAudit, verifyKeyringAudit } = await import("../../parts/keyring.ts");
  if (continueAfter !== undefined || reason !== undefined) {
    const request = continueAudit.safeParse({ after: continueAfter, reason });
    if (!request.success) {
      throw new SealrunError(
        "USAGE",
        "Give --continue-after with the number of a link, and --reason with 1 to 500 characters",
      );
    }
    const { position, ...row } = await continueKeyringAudit(config, request.data);
    cli.output.line(describeAccepted({ ...row, link: position.toString() }));
    return;
  }
  const { end, from, accepted, fault, ...report } = await verifyKeyringAudit(config, full === true);
  if (fault !== undefined) {
    const step =
      fault.link === undefined ? "" : `; ${howToContinue("keyring-audit --continue-after", fault.link.position - 1n)}`;
    throw new SealrunError("AUDIT_BROKEN", `The keyring's audit is broken (${fault.kind}): ${fault.sentence}${step}`);
  }
  showChecked(cli, {
    ...report,
    head: end === undefined ? null : { position: end.position.toString(), hash: Buffer.from(end.hash).toString("hex") },
    from: from === undefined ? null : { position: from.position.toString(), verifiedAt: from.at },
    accepted: accepted.map(({ position, ...row }) => ({ ...row, link: position.toString() })),
  });
}

/** `sealrun keyring-token`: run where the keyring runs. */
export function tokenCommand(cli: Cli): Command {
  return new Command("keyring-token")
    .description("Write a one-time token for enrolling an executor")
    .requiredOption("--config <file>", "the keyring's settings")
    .requiredOption("--output <file>", "where to write it; only you can read the file")
    .option("--pool <pool>", "the pool that the executor may join", defaultPool)
    .option("--url <url>", "the platform's URL as the executor reaches it", parseUrl)
    .action(async ({ config, output, pool, url }: TokenOptions) => {
      const { writeEnrolmentToken } = await import("../../parts/keyring.ts");
      await writeEnrolmentToken({ configFile: config, outputFile: output, pool, url });
      cli.output.line(`wrote ${output}: one executor can join the pool ${pool} with it`);
    });
}

/** An executor sends its enrolment to this address: it has to be one. */
function parseUrl(text: string): string {
  const protocol = URL.parse(text)?.protocol;
  if (protocol === "http:" || protocol === "https:") return text;
  throw new SealrunError("USAGE", `--url: expected a URL such as https://sealrun.example, found ${showName(text)}`);
}
