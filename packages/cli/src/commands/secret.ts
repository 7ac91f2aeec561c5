import type { SecretPlace } from "@sealrun/client";
import { type JsonValue, SealrunError, secretName, showName } from "@sealrun/protocol";
import { Command } from "commander";
import type { Cli } from "../command.ts";
import { connect } from "../connect.ts";
import { addPlaceOptions, placeOf, type PlaceOptions, showPlace } from "../secret/place.ts";
import { readSecretFile } from "../secret/read-secret-file.ts";
import { readSecretValue } from "../secret/read-value.ts";
import { showTime } from "../show-time.ts";
import { adviseProject } from "./push.ts";

interface JsonOption {
  readonly json?: boolean;
}
type SetOptions = PlaceOptions & JsonOption & { readonly file?: string; readonly valueJson?: boolean };

/** `sealrun secret set`, `import`, `list` and `delete`. */
export function secretCommand(cli: Cli): Command {
  const command = new Command("secret").description("Secrets of the platform, of a project, of one package");
  addPlaceOptions(command.command("set"))
    .description("Set a secret; its value comes from standard input, a file or a hidden prompt")
    .argument("[name]", "the secret's name")
    .argument("[rest...]")
    .usage("<name> --scope platform|project|service [--project P] [--package N] < value")
    .option("--file <file>", "read the value from this file")
    .option("--value-json", "the value is JSON; without it, it is text, less one final newline")
    .option("--json", "print it as JSON")
    // Whatever else stands here may be the value: it is refused without being repeated.
    .allowUnknownOption()
    .action(async (name: string | undefined, rest: readonly string[], options: SetOptions) => {
      await set(cli, checkName(name, rest), options);
    });
  addPlaceOptions(command.command("import"))
    .description("Set all secrets of a .json or .env file, or none")
    .argument("<file>", "a .json or .env file")
    .option("--json", "print them as JSON")
    .action(async (file: string, options: PlaceOptions & JsonOption) => {
      const place = placeOf(options);
      await store(cli, place, { values: await readSecretFile(file), json: options.json });
    });
  addPlaceOptions(command.command("list"))
    .description("List names, versions, authors and times; never values")
    .argument("[name]", "this one alone")
    .option("--json", "print them as JSON")
    .action(async (name: string | undefined, options: PlaceOptions & JsonOption) => list(cli, name, options));
  addPlaceOptions(command.command("delete"))
    .description("Remove a secret")
    .argument("<name>", "the secret's name")
    .option("--json", "print what was removed as JSON")
    .action(async (name: string, options: PlaceOptions & JsonOption) => remove(cli, name, options));
  return command;
}

const elsewhere = "give it on standard input, with --file, or at the prompt, and change it if it was real";

function checkName(name: string | undefined, rest: readonly string[]): string {
  if (rest.length > 0 || name?.startsWith("-") === true || name?.includes("=") === true) {
    throw new SealrunError(
      "SECRET_ON_COMMAND_LINE",
      `A secret's value does not belong on the command line, where other users and the shell's history see it; ${elsewhere}`,
    );
  }
  if (name === undefined) throw new SealrunError("USAGE", "Expected the secret's name; see sealrun secret set --help");
  const parsed = secretName.safeParse(name);
  if (parsed.success) return parsed.data;
  // Not repeated: it may be the value, given where the name belongs.
  throw new SealrunError(
    "NAME_NOT_ALLOWED",
    `What stands where the name belongs is not allowed: ${parsed.error.issues[0]?.message}`,
  );
}

async function set(cli: Cli, name: string, options: SetOptions): Promise<void> {
  const place = placeOf(options);
  const value = await readSecretValue(cli, { name, file: options.file, isJson: options.valueJson === true });
  await store(cli, place, { values: new Map([[name, value]]), json: options.json });
}

async function store(
  cli: Cli,
  place: SecretPlace,
  { values, json }: { readonly values: ReadonlyMap<string, JsonValue>; readonly json: boolean | undefined },
): Promise<void> {
  const { output } = cli;
  if (values.size === 0)
    throw new SealrunError("SECRETS_FILE_INVALID", "Expected at least one name and value, the file has none");
  const client = await connect(cli);
  const secrets = await advised(place, async () => client.setSecrets(place, values));
  if (json === true) return output.json({ secrets });
  for (const { name, version } of secrets) {
    output.line(`${output.paint("green", "set")} ${name} in ${showPlace(place)}, version ${version}`);
  }
}

async function list(cli: Cli, name: string | undefined, options: PlaceOptions & JsonOption): Promise<void> {
  const { output } = cli;
  const place = placeOf(options);
  const client = await connect(cli);
  const all = await advised(place, async () => client.listSecrets(place));
  const secrets = name === undefined ? all : all.filter((secret) => secret.name === name);
  if (name !== undefined && secrets.length === 0) {
    throw new SealrunError("SECRET_NOT_FOUND", `${showPlace(place)} has no secret ${showName(name)}`);
  }
  if (options.json === true) return output.json({ secrets });
  if (secrets.length === 0) return output.line(`no secrets in ${showPlace(place)}`);
  output.table(
    ["NAME", "VERSION", "AUTHOR", "UPDATED"],
    secrets.map((secret) => [secret.name, String(secret.version), secret.author, showTime(secret.updatedAt)]),
  );
}

async function remove(cli: Cli, name: string, options: PlaceOptions & JsonOption): Promise<void> {
  const place = placeOf(options);
  const client = await connect(cli);
  const removed = await advised(place, async () => client.deleteSecret(place, name));
  if (options.json === true) cli.output.json({ secrets: [removed] });
  else cli.output.line(`${cli.output.paint("green", "removed")} ${removed.name} from ${showPlace(place)}`);
}

async function advised<T>(place: SecretPlace, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw place.scope === "platform" ? error : adviseProject(error, place.project);
  }
}
