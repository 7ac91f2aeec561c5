import type { Command } from "commander";
import type { Cli } from "../command.ts";
import { auditCommand } from "./audit.ts";
import { checkCommand } from "./check.ts";
import { loginCommand } from "./connection/login.ts";
import { logoutCommand } from "./connection/logout.ts";
import { profileCommand } from "./connection/profile.ts";
import { whoamiCommand } from "./connection/whoami.ts";
import { demoCommand } from "./demo.ts";
import { devCommand } from "./dev.ts";
import { eventCommand } from "./event.ts";
import { executionCommand } from "./execution.ts";
import { initCommand } from "./init.ts";
import { localCommand } from "./local.ts";
import { doctorCommand } from "./operator/doctor.ts";
import { natsSetupCommand } from "./operator/nats-setup.ts";
import { packageCommand } from "./package.ts";
import { keyringAuditCommand, partCommands, revokeCommand, tokenCommand } from "./operator/part.ts";
import { projectCommand } from "./project.ts";
import { pushCommand } from "./push.ts";
import { retentionCommand } from "./operator/retention.ts";
import { runCommand } from "./run.ts";
import { scheduleCommand } from "./schedule.ts";
import { secretCommand } from "./secret.ts";
import { versionCommand } from "./version.ts";

/** Adds every command to the program; commands that only operators need are hidden from the list. */
export function addCommands(program: Command, cli: Cli): void {
  const shown = [
    devCommand(cli),
    demoCommand(cli),
    loginCommand(cli),
    whoamiCommand(cli),
    logoutCommand(cli),
    profileCommand(cli),
    initCommand(cli),
    localCommand(cli),
    projectCommand(cli),
    checkCommand(cli),
    pushCommand(cli),
    runCommand(cli),
    secretCommand(cli),
    packageCommand(cli),
    executionCommand(cli),
    scheduleCommand(cli),
    retentionCommand(cli),
    eventCommand(cli),
    auditCommand(cli),
    doctorCommand(cli),
    versionCommand(cli),
  ];
  for (const command of shown) program.addCommand(command);
  for (const command of [
    ...partCommands(cli),
    keyringAuditCommand(cli),
    tokenCommand(cli),
    revokeCommand(cli),
    natsSetupCommand(cli),
  ])
    program.addCommand(command, { hidden: true });
}
