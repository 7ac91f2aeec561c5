import { Command } from "commander";
import { type Cli, parsePackage, parsePackagePath, parseProject } from "../../command.ts";
import { connect, findTarget } from "../../connect.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** What `rename` and `archive` send. */
interface Change {
  readonly name?: string;
  readonly archived?: boolean;
}

/** What a change of a project and of a package do not have in common. */
interface Kind {
  /** The word of its command. */
  readonly word: "project" | "package";
  readonly argument: string;
  readonly parseNewName: (text: string) => string;
  /** The whole answer, and the address by which its commands know it from now on. */
  readonly change: (address: string, change: Change) => Promise<{ readonly answer: unknown; readonly address: string }>;
  /** How it is called in a sentence. */
  readonly show: (address: string) => string;
  readonly descriptions: Readonly<Record<"rename" | "archive" | "unarchive", string>>;
  /** What follows from a rename, as lines. */
  readonly afterRename: (from: string, to: string) => Promise<readonly string[]>;
}

/** `sealrun project rename`, `archive` and `unarchive`. */
export function projectChanges(cli: Cli): readonly Command[] {
  return changeCommands(cli, {
    word: "project",
    argument: "<name>",
    parseNewName: parseProject,
    change: async (address, change) => {
      const name = parseProject(address);
      const answer = await (await connect(cli)).changeProject(name, change);
      return { answer, address: answer.name };
    },
    show: (address) => `project ${address}`,
    descriptions: {
      rename: "Give a project another name; its packages and secrets stay with it",
      archive: "Keep all packages of a project from running and hide it from lists; nothing is deleted",
      unarchive: "Let the packages of an archived project run again",
    },
    afterRename: async (from, to) => {
      const chosen = (await findTarget(cli)).own?.profile.project;
      const isChosen = chosen?.toLowerCase() === from.toLowerCase();
      const references = "references to secrets that name the project as their namespace need the new name";
      return [references, ...(isChosen ? [`next: sealrun project use ${to}`] : [])];
    },
  });
}

/** `sealrun package rename`, `archive` and `unarchive`. */
export function packageChanges(cli: Cli): readonly Command[] {
  return changeCommands(cli, {
    word: "package",
    argument: "<project/package>",
    parseNewName: parsePackage,
    change: async (address, change) => {
      const path = parsePackagePath(address);
      const answer = await (await connect(cli)).changePackage(path.project, path.package, change);
      return { answer, address: `${answer.project.name}/${answer.name}` };
    },
    show: (address) => address,
    descriptions: {
      rename: "Give a package another name; its secrets, versions and executions stay with it",
      archive: "Keep a package from running and hide it from lists; nothing is deleted",
      unarchive: "Let an archived package run again",
    },
    afterRename: async () => [],
  });
}

function changeCommands(cli: Cli, kind: Kind): readonly Command[] {
  const { word, argument, descriptions } = kind;
  const begin = (verb: keyof typeof descriptions): Command =>
    new Command(verb)
      .description(descriptions[verb])
      .argument(argument, `the ${word}`)
      .option("--json", `print the ${word} as JSON`);
  return [
    begin("rename")
      .argument("<new-name>", "its new name", kind.parseNewName)
      .action(async (address: string, name: string, options: JsonOption) =>
        rename(cli, kind, { ...options, address, name }),
      ),
    begin("archive").action(async (address: string, options: JsonOption) =>
      archive(cli, kind, { ...options, address, archived: true }),
    ),
    begin("unarchive").action(async (address: string, options: JsonOption) =>
      archive(cli, kind, { ...options, address, archived: false }),
    ),
  ];
}

async function rename(
  cli: Cli,
  { change, show, afterRename }: Kind,
  { address, name, json }: JsonOption & { readonly address: string; readonly name: string },
): Promise<void> {
  const { output } = cli;
  const changed = await change(address, { name });
  if (json === true) return output.json(changed.answer);
  output.line(`${output.paint("green", "renamed")} ${show(address)} to ${changed.address}`);
  for (const line of await afterRename(address, changed.address)) output.line(line);
}

async function archive(
  cli: Cli,
  { word, change, show }: Kind,
  { address, archived, json }: JsonOption & { readonly address: string; readonly archived: boolean },
): Promise<void> {
  const { output } = cli;
  const changed = await change(address, { archived });
  if (json === true) return output.json(changed.answer);
  output.line(`${output.paint("green", archived ? "archived" : "unarchived")} ${show(changed.address)}`);
  if (archived) {
    output.line(`what runs goes on, what is queued waits; undo with: sealrun ${word} unarchive ${changed.address}`);
  }
}
