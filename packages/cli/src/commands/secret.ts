import { type Client, isEmptyValue, type SecretPlace, warnOfMasking } from "@sealrun/client";
import { type JsonValue, SealrunError, secretName, showName } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parsePackage, parseProject } from "../command.ts";
import { connect, requireProject } from "../connect.ts";
import { addListOptions, type ListOptions, printList } from "../list-output.ts";
import { confirmLoss } from "../secret/confirm.ts";
import { type DeleteChoice, deleteSecret } from "../secret/delete-secret.ts";
import { findImport, type ImportOptions, parseNames } from "../secret/find-import.ts";
import { showPlan } from "../secret/import-secrets.ts";
import { addPlaceOptions, findPlace, type PlaceOptions, showPlace } from "../secret/place.ts";
import { readSecretValue } from "../secret/read-value.ts";
import { showUses } from "../secret/uses.ts";
import { showExplanation } from "../secret/show-explanation.ts";
import { showHistory } from "../secret/show-history.ts";
import { showTime } from "../show-time.ts";
import { adviseProject } from "./push.ts";

interface JsonOption {
  readonly json?: boolean;
}
interface YesOption {
  readonly yes?: boolean;
}
type SetOptions = PlaceOptions &
  JsonOption &
  YesOption & { readonly file?: string; readonly valueJson?: boolean; readonly allowEmpty?: boolean };

type ImportCommandOptions = PlaceOptions & JsonOption & YesOption & ImportOptions & { readonly dryRun?: boolean };
type DeleteOptions = PlaceOptions & JsonOption & DeleteChoice;
type ExplainOptions = JsonOption & { readonly project?: string; readonly package: string };

/** `sealrun secret set`, `import`, `list`, `history`, `explain`, `delete` and `uses`. */
export function secretCommand(cli: Cli): Command {
  const command = new Command("secret").description("Secrets of the platform, of a project, of one package");
  addPlaceOptions(command.command("set"))
    .description("Set a secret; its value comes from standard input, a file or a hidden prompt")
    .argument("[name]", "the secret's name")
    .argument("[rest...]", "refused: a value must not be on the command line")
    .usage("<name> [--scope platform|project|service] [--project P] [--package N] < value")
    .option("--file <file>", "read the value from this file")
    .option("--value-json", "the value is JSON (default: text, without its final newline)")
    .option("--allow-empty", "store an empty value too")
    .option("--yes", "replace an existing value without asking; only a terminal is asked")
    .option("--json", "print it as JSON")
    // Any other word or option may be the value: it is refused without being repeated.
    .allowUnknownOption()
    .action(async (name: string | undefined, rest: readonly string[], options: SetOptions) => {
      await set(cli, checkName(name, rest), options);
    });
  addPlaceOptions(command.command("import"))
    .description("Import the secrets of a .json or .env file, of standard input or of the environment: all or none")
    .argument("[file]", "a .json or .env file of any name, - for standard input")
    .option("--from-env", "read them from the environment: names that start with --prefix, or those of --names")
    .option(
      "--prefix <prefix>",
      "import only names with this prefix, remove it, and read values as base64 (default with --from-env: SECRET_)",
    )
    .option("--names <names>", "names of variables, separated by commas; values are not decoded", parseNames)
    .option("--plain", "values are plain text, not base64")
    .option("--allow-empty", "store empty values too")
    .option("--yes", "replace existing values without asking; only a terminal is asked")
    .option("--dry-run", "print the names and what would change; store nothing")
    .option("--json", "print them as JSON")
    .action(async (file: string | undefined, options: ImportCommandOptions) => importAll(cli, file, options));
  addListOptions(
    addPlaceOptions(command.command("list"))
      .description("List names, versions, authors and times; never values")
      .argument("[name]", "only this secret", parseName),
    "names",
  ).action(async (name: string | undefined, options: PlaceOptions & ListOptions) => list(cli, name, options));
  addListOptions(
    addPlaceOptions(command.command("history"))
      .description("List every version of a secret: who set it, where it came from, what ended it; never values")
      .argument("<name>", "the secret's name", parseName),
  ).action(async (name: string, options: PlaceOptions & ListOptions) => history(cli, name, options));
  command
    .command("explain")
    .description("Show from which scope a package gets a secret, and why; exit code 1 when no scope has it")
    .argument("<name>", "the secret's name", parseName)
    .option("--project <project>", "the package's project (default: the chosen one)", parseProject)
    .requiredOption("--package <package>", "the package", parsePackage)
    .option("--json", "print it as JSON")
    .action(async (name: string, options: ExplainOptions) => explain(cli, name, options));
  addPlaceOptions(command.command("delete"))
    .description("Delete a secret")
    .argument("<name>", "the secret's name", parseName)
    .option("--force", "delete it although packages use it")
    .option("--yes", "delete it without asking; only a terminal is asked")
    .option("--json", "print what was removed as JSON")
    .action(async (name: string, options: DeleteOptions) => remove(cli, name, options));
  addListOptions(
    addPlaceOptions(command.command("uses"))
      .description("List the packages that use a secret, and where")
      .argument("<name>", "the secret's name", parseName),
    "addresses, PROJECT/PACKAGE",
  ).action(async (name: string, options: PlaceOptions & ListOptions) => uses(cli, name, options));
  return command;
}

const elsewhere = "use standard input, --file or the prompt, and replace the secret if it was real";

function checkName(name: string | undefined, rest: readonly string[]): string {
  if (rest.length > 0 || name?.startsWith("-") === true || name?.includes("=") === true) {
    throw new SealrunError(
      "SECRET_ON_COMMAND_LINE",
      `A secret's value must not be on the command line, where other users and the shell's history see it; ${elsewhere}`,
    );
  }
  if (name === undefined) throw new SealrunError("USAGE", "Expected the secret's name; see sealrun secret set --help");
  return parseName(name);
}

/** Not repeated when it is refused: it may be the value, given in place of the name. */
function parseName(name: string): string {
  const parsed = secretName.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new SealrunError("NAME_NOT_ALLOWED", `The secret's name is not allowed: ${parsed.error.issues[0]?.message}`);
}

async function set(cli: Cli, name: string, options: SetOptions): Promise<void> {
  const place = await findPlace(cli, options);
  const { file, json, allowEmpty = false } = options;
  // Asked before the value is typed.
  await confirmReplacing(cli, place, [name], options);
  const value = await readSecretValue(cli, { name, file, isJson: options.valueJson === true });
  if (!allowEmpty && isEmptyValue(value)) {
    throw new SealrunError(
      "VALUE_EMPTY",
      `Expected a value of ${showName(name)}, found an empty one; nothing was stored; add --allow-empty if it is meant`,
    );
  }
  await store(cli, place, { values: new Map([[name, value]]), json, allowEmpty });
}

async function confirmReplacing(
  cli: Cli,
  place: SecretPlace,
  names: readonly string[],
  { yes = false }: YesOption,
): Promise<void> {
  const asked = { place, names, verb: "Replace", isConfirmed: yes } as const;
  await withAdvice(place, async () => confirmLoss(cli, async () => connect(cli), asked));
}

async function importAll(cli: Cli, file: string | undefined, options: ImportCommandOptions): Promise<void> {
  const place = await findPlace(cli, options);
  const values = await findImport(cli, file, options);
  const json = options.json === true;
  if (options.dryRun !== true) {
    // Standard input that gave the values gives no answer.
    if (file !== "-") await confirmReplacing(cli, place, [...values.keys()], options);
    return store(cli, place, { values, json, source: "import", allowEmpty: options.allowEmpty });
  }
  const client = await connect(cli);
  return withAdvice(place, async () => showPlan({ client, output: cli.output }, place, { values, json }));
}

interface ToStore {
  readonly values: ReadonlyMap<string, JsonValue>;
  readonly json: boolean | undefined;
  readonly source?: "set" | "import";
  readonly allowEmpty: boolean | undefined;
}

async function store(cli: Cli, place: SecretPlace, { values, json, source, allowEmpty }: ToStore): Promise<void> {
  const { output } = cli;
  const client = await connect(cli);
  const secrets = await withAdvice(place, async () => client.setSecrets(place, values, source, { allowEmpty }));
  for (const [name, value] of values) {
    const sentence = warnOfMasking(name, value);
    if (sentence !== undefined) output.warn(sentence);
  }
  if (json === true) return output.json({ secrets });
  for (const { name, version } of secrets) {
    output.line(`${output.paint("green", "set")} ${name} in ${showPlace(place)}, version ${version}`);
  }
}

async function list(cli: Cli, name: string | undefined, options: PlaceOptions & ListOptions): Promise<void> {
  const { output } = cli;
  const place = await findPlace(cli, options);
  const client = await connect(cli);
  const all = await withAdvice(place, async () => client.listSecrets(place));
  const secrets = name === undefined ? all : all.filter((secret) => secret.name === name);
  if (name !== undefined && secrets.length === 0) throw secretNotFound(place, name);
  const show = (): void => {
    if (secrets.length === 0) return output.line(`no secrets in ${showPlace(place)}`);
    output.table(
      ["NAME", "VERSION", "AUTHOR", "UPDATED", "LAST READ"],
      secrets.map(({ name: shown, version, author, updatedAt, lastRead }) => [
        shown,
        String(version),
        author,
        showTime(updatedAt),
        lastRead == null ? "-" : `${showTime(lastRead.at)}, version ${lastRead.version}`,
      ]),
    );
  };
  const names = secrets.map((secret) => secret.name);
  await printList(output, options, { document: { secrets }, names, show });
}

async function history(cli: Cli, name: string, options: PlaceOptions & ListOptions): Promise<void> {
  const place = await findPlace(cli, options);
  const client = await connect(cli);
  const found = await withAdvice(place, async () => client.getSecretHistory(place, name), name);
  await printList(cli.output, options, { document: found, show: () => showHistory(cli.output, found) });
}

async function explain(cli: Cli, name: string, { json, ...options }: ExplainOptions): Promise<void> {
  const target = { package: options.package, project: await requireProject(cli, options.project) };
  const client = await connect(cli);
  const place = { scope: "service", ...target } as const;
  const explained = await withAdvice(place, async () => client.explainSecret(target, name));
  if (json === true) cli.output.json(explained);
  else showExplanation(cli.output, explained);
  if (explained.scopes.some(({ answers }) => answers)) return;
  const tried = explained.scopes.map(({ scope }) => scope).join(", ");
  throw new SealrunError("SECRET_UNANSWERED", `${showName(name)} is not set in any scope: ${tried}`);
}

async function uses(cli: Cli, name: string, options: PlaceOptions & ListOptions): Promise<void> {
  const place = await findPlace(cli, options);
  const client = await connect(cli);
  const found = await withAdvice(place, async () => client.secretUses(place, name));
  if (found.uses.length === 0) await requireSecret(client, place, name);
  const names = found.uses.map((use) => `${use.project}/${use.package}`);
  await printList(cli.output, options, { document: found, names, show: () => showUses(cli.output, found) });
}

async function requireSecret(client: Pick<Client, "listSecrets">, place: SecretPlace, name: string): Promise<void> {
  if (!(await client.listSecrets(place)).some((secret) => secret.name === name)) throw secretNotFound(place, name);
}

function secretNotFound(place: SecretPlace, name: string): SealrunError {
  return new SealrunError("SECRET_NOT_FOUND", `There is no secret ${showName(name)} in ${showPlace(place)}`);
}

async function remove(cli: Cli, name: string, options: DeleteOptions): Promise<void> {
  const place = await findPlace(cli, options);
  const client = await connect(cli);
  const removed = await withAdvice(place, async () => deleteSecret(cli, client, { ...options, place, name }), name);
  if (options.json === true) cli.output.json({ secrets: [removed] });
  else cli.output.line(`${cli.output.paint("green", "removed")} ${removed.name} from ${showPlace(place)}`);
}

/** A failure that the platform tells without its reader's command, in the words of this one. */
async function withAdvice<T>(place: SecretPlace, action: () => Promise<T>, name?: string): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (name !== undefined && error instanceof SealrunError && error.code === "SECRET_NOT_FOUND") {
      throw secretNotFound(place, name);
    }
    throw place.scope === "platform" ? error : adviseProject(error, place.project);
  }
}
