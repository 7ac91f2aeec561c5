import { type PlatformHealth, showSize } from "@sealrun/protocol";
import { Command } from "commander";
import type { Cli } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printChecks } from "../../doctor/print-checks.ts";

/** `sealrun platform health`: asked of a running platform, by an admin. */
export function healthCommand(cli: Cli): Command {
  return new Command("health")
    .description("Check the platform and everything it depends on, and show the sizes and growth of its tables")
    .option("--json", "print it as JSON")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const health = await (await connect(cli)).health();
      if (json === true) cli.output.json(health);
      else show(cli, health);
    });
}

function show({ output }: Cli, { checks, tables }: PlatformHealth): void {
  printChecks(output, checks);
  if (tables == null) return;
  output.table(
    ["DATABASE", "TABLE", "ROWS", "SIZE", "PER DAY"],
    tables.map(({ database, name, rows, bytes, rowsPerDay, bytesPerDay }) => [
      database,
      name,
      rows.toLocaleString("en"),
      showSize(bytes),
      rowsPerDay === null || bytesPerDay === null
        ? "-"
        : `${withSign(rowsPerDay, rowsPerDay.toLocaleString("en"))} rows, ${withSign(bytesPerDay, showSize(bytesPerDay))}`,
    ]),
  );
}

function withSign(amount: number, text: string): string {
  return amount > 0 ? `+${text}` : text;
}
