import type { Command } from "commander";
import type { Cli } from "../command.ts";
import { auditCommand } from "../commands/audit.ts";
import { checkCommand } from "../commands/check.ts";
import { loginCommand } from "../commands/connection/login.ts";
import { logoutCommand } from "../commands/connection/logout.ts";
import { profileCommand } from "../commands/connection/profile.ts";
import { whoamiCommand } from "../commands/connection/whoami.ts";
import { eventCommand } from "../commands/event.ts";
import { completionCommand } from "../commands/completion.ts";
import { executionCommand } from "../commands/executions/execution.ts";
import { logsCommand } from "../commands/executions/logs.ts";
import { initCommand } from "../commands/init.ts";
import { localCommand } from "../commands/local.ts";
import { findCommand } from "../commands/find.ts";
import { openCommand } from "../commands/open.ts";
import { retentionCommand } from "../commands/operator/retention.ts";
import { packageCommand } from "../commands/package.ts";
import { projectCommand } from "../commands/project.ts";
import { pushCommand } from "../commands/push.ts";
import { runCommand } from "../commands/run.ts";
import { scheduleCommand } from "../commands/schedule.ts";
import { secretCommand } from "../commands/secret.ts";

/** The commands that need only a platform's address, or no platform: both editions have them, in this order. */
export function clientCommands(cli: Cli): readonly Command[] {
  return [
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
    logsCommand(cli),
    executionCommand(cli),
    findCommand(cli),
    openCommand(cli),
    scheduleCommand(cli),
    retentionCommand(cli),
    eventCommand(cli),
    auditCommand(cli),
    completionCommand(cli),
  ];
}
