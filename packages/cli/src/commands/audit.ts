import type { AuditFilter } from "@sealrun/client";
import type { AuditList, AuditRow, AuditVerification, ContinueAudit } from "@sealrun/protocol";
import { countOf, SealrunError } from "@sealrun/protocol";
import { Command } from "commander";
import { parseTimeOrAge } from "../parse-time-or-age.ts";
import { describeAccepted, howToContinue, showChecked } from "../show-audit-check.ts";
import { type Cli, parseCursor, parseNumber, parseProject } from "../command.ts";
import { connect } from "../connect.ts";
import { addListOptions, type ListOptions, printList } from "../list-output.ts";
import type { Output } from "../output.ts";
import { showTime } from "../show-time.ts";

interface JsonOption {
  readonly json?: boolean;
}

interface VerifyOptions extends JsonOption {
  readonly full?: boolean;
}

/** `sealrun audit list`, `verify` and `continue`. */
export function auditCommand(cli: Cli): Command {
  const command = new Command("audit").description(
    "The audit: who changed or read what, and what was refused; never values",
  );
  const listed = command
    .command("list")
    .description("List rows of the audit, newest first")
    .option("--project <project>", "only rows about this project, its packages and its executions", parseProject)
    .option("--action <action>", "only this action, such as secret.lookup; secret means all that start with secret.")
    .option("--object <id>", "only rows about this package, project or execution: its id, or PROJECT/PACKAGE")
    .option("--actor <actor>", "only rows of this actor, as the list shows it")
    .option(
      "--since <time>",
      "only rows since this time: 2026-01-31T12:00:00Z, or 30m, 12h, 7d ago",
      parseTimeOrAge("--since"),
    )
    .option("--limit <n>", "maximum number of rows", parseNumber("--limit", 1, 1_000))
    .option("--before <cursor>", "continue with the next page: the number that the previous page printed", parseCursor);
  addListOptions(listed).action(async (options: AuditFilter & ListOptions) => list(cli, options));
  command
    .command("verify")
    .description("Check that no row was changed, removed or added since it was written; exit code 1 when one was")
    .option("--full", "check every row, not only those after the last check")
    .option("--json", "print it as JSON")
    .action(async (options: VerifyOptions) => verify(cli, options));
  command
    .command("continue")
    .description(
      "Accept that times go backwards after one link because the database's clock was wrong; no other fault can be accepted",
    )
    .requiredOption("--after <link>", "the last link before the break, as audit verify prints it")
    .requiredOption("--reason <text>", "the reason; it is kept in the audit")
    .option("--json", "print it as JSON")
    .action(async (options: ContinueAudit & JsonOption) => accept(cli, options));
  return command;
}

async function list(cli: Cli, { json, jq, ...filter }: AuditFilter & ListOptions): Promise<void> {
  const { output } = cli;
  const found = await (await connect(cli)).listAudit(filter);
  await printList(output, { json, jq }, { document: found, show: () => showRows(output, found) });
}

function showRows(output: Output, found: AuditList): void {
  if (found.rows.length === 0) return output.line("no rows");
  output.table(["ROW", "TIME", "ACTOR", "ACTION", "OBJECT", "NAME", "DETAIL"], found.rows.map(cellsOf));
  if (found.next !== null) output.note(`there are more rows: --before ${found.next}`);
}

function cellsOf({ seq, at, actor, action, object, objectName, detail }: AuditRow): readonly string[] {
  return [seq, showTime(at), actor, action, object, objectName ?? "-", JSON.stringify(detail)];
}

async function verify(cli: Cli, { full, json }: VerifyOptions): Promise<void> {
  const found = await (await connect(cli)).verifyAudit({ isFull: full === true });
  if (json === true) cli.output.json(found);
  else show(cli, found);
  const { fault } = found;
  if (fault === null) return;
  const step = fault.after === null ? "" : `; ${howToContinue("audit continue --after", fault.after)}`;
  throw new SealrunError("AUDIT_BROKEN", `The audit is broken (${fault.kind}): ${fault.sentence}${step}`);
}

function show(cli: Cli, found: AuditVerification): void {
  const { output } = cli;
  if (found.fault === null) showChecked(cli, found);
  else output.line(`${output.paint("red", "broken")}: ${countOf(found.checked, "row")} read`);
  if (found.checkpoint === null)
    output.note("the platform keeps no checkpoint: it cannot see whether the newest rows were removed");
}

async function accept(cli: Cli, { json, ...request }: ContinueAudit & JsonOption): Promise<void> {
  const accepted = await (await connect(cli)).continueAudit(request);
  if (json === true) cli.output.json(accepted);
  else cli.output.line(describeAccepted(accepted));
}
