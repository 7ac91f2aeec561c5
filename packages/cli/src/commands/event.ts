import { eventText, eventType, SealrunError, withoutHidden } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseProject } from "../command.ts";
import { connect, requireProject } from "../connect.ts";
import { readObject } from "./parameters.ts";
import { adviseProject } from "./push.ts";

interface SendOptions {
  readonly project?: string;
  readonly source?: string;
  readonly reference?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** `sealrun event send`. */
export function eventCommand(cli: Cli): Command {
  const command = new Command("event").description("Events: each starts the packages that list its type");
  command
    .command("send")
    .description("Send an event to the packages of a project")
    .argument("<type>", "the event's type, as trigger_events in a manifest.json lists it", parseType)
    .option("--project <project>", "the project (default: the chosen one)", parseProject)
    .option(
      "--data <file>",
      "a JSON object, - for standard input: its fields become parameters, sealed before they are sent",
    )
    .option("--source <text>", "who sends it (default: the token's name)", parseText("--source"))
    .option("--reference <text>", "what it is about; stored unencrypted", parseText("--reference"))
    .option("--json", "print what it started as JSON")
    .action(async (type: string, options: SendOptions) => send(cli, type, options));
  return command;
}

async function send(cli: Cli, type: string, options: SendOptions): Promise<void> {
  const { output } = cli;
  const { source, reference: referenceId } = options;
  const project = await requireProject(cli, options.project);
  const data =
    options.data === undefined ? undefined : await readObject(cli, options.data, { code: "BAD_REQUEST", what: "data" });
  const client = await connect(cli);
  try {
    const sent = await client.sendEvent({ project, type, source, referenceId, data });
    if (options.json === true) return output.json(sent);
    output.line(`${output.paint("green", "sent")} ${sent.id}`);
    for (const id of sent.started) output.line(`started ${id}`);
    if (sent.started.length === 0) {
      output.note(`no active package of ${project} lists this type in trigger_events of its manifest.json`);
    }
  } catch (error) {
    throw adviseProject(error, project);
  }
}

function parseType(text: string): string {
  if (eventType.safeParse(text).success) return text;
  throw new SealrunError("USAGE", `Expected an event type of 1 to 256 characters, ${withoutHidden}`);
}

function parseText(option: string): (text: string) => string {
  return (text) => {
    if (text !== "" && eventText.safeParse(text).success) return text;
    throw new SealrunError("USAGE", `${option}: expected 1 to 256 characters, ${withoutHidden}`);
  };
}
