import { SealrunError } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseProject } from "../../command.ts";
import { connect, findTarget } from "../../connect.ts";
import { requireProfile } from "../../profile/choose.ts";
import { changeProfiles, type Profiles } from "../../profile/file.ts";

interface UseOptions {
  readonly none?: boolean;
  readonly json?: boolean;
}

/** `sealrun project use`. */
export function useProjectCommand(cli: Cli): Command {
  return new Command("use")
    .description("Choose the project of commands that get no --project; it is kept in the profile")
    .argument("[name]", "the project", parseProject)
    .usage("<name>|--none")
    .option("--none", "choose none")
    .option("--json", "print it as JSON")
    .action(async (name: string | undefined, options: UseOptions) => use(cli, name, options));
}

async function use(cli: Cli, name: string | undefined, { none, json }: UseOptions): Promise<void> {
  const { output } = cli;
  if ((name === undefined) === (none !== true)) {
    throw new SealrunError("USAGE", "Expected a project's name or --none: one of them, and not both");
  }
  const { own, url } = await findTarget(cli);
  if (own === undefined) {
    const sentence = `There is no profile for ${url} that could keep it; sign in with: sealrun login ${url}, or set SEALRUN_PROJECT`;
    throw new SealrunError("CONFIG_INVALID", sentence);
  }
  const project = name === undefined ? undefined : await findOne(cli, name);
  await changeProfiles(cli.environment, (known) => withProject(known, own.name, project));
  if (json === true) return output.json({ profile: own.name, project: project ?? null });
  output.line(
    project === undefined
      ? `no project is chosen in the profile ${own.name}`
      : `${output.paint("green", "in use")} now: project ${project}, in the profile ${own.name}`,
  );
  if (cli.profileName() === undefined && (cli.environment["SEALRUN_PROJECT"] ?? "") !== "") {
    output.warn("SEALRUN_PROJECT is set, and comes before the profile");
  }
}

/** The project's name as it was created. */
async function findOne(cli: Cli, name: string): Promise<string> {
  const projects = await (await connect(cli)).listProjects({ archived: true });
  const found = projects.find((project) => project.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.name;
  const sentence = `There is no project ${name}; create it with: sealrun project create ${name}`;
  throw new SealrunError("PROJECT_NOT_FOUND", sentence);
}

function withProject(known: Profiles, name: string, project: string | undefined): Profiles {
  const { profile } = requireProfile(known, name);
  const { project: _before, ...rest } = profile;
  return {
    ...known,
    profiles: { ...known.profiles, [name]: project === undefined ? rest : { ...rest, project } },
  };
}
