import type { SecretPlace } from "@sealrun/client";
import { type Scope, scope as scopeSchema, SealrunError, showName } from "@sealrun/protocol";
import { type Command } from "commander";
import { type Cli, parsePackage, parseProject } from "../command.ts";
import { findProject } from "../connect.ts";

/** The options that say whose secrets a command is about. */
export interface PlaceOptions {
  readonly scope?: string;
  readonly project?: string;
  readonly package?: string;
}

/** Adds `--scope`, `--project` and `--package`. */
export function addPlaceOptions(command: Command): Command {
  return command
    .option(
      "--scope <scope>",
      "whose secrets: platform, project, or service, which is one package (default: what --package or --project names)",
    )
    .option("--project <project>", "for the scopes project and service (default: the chosen one)", parseProject)
    .option("--package <package>", "for the scope service", parsePackage);
}

/**
 * The place that the options name, where `chosen` is the project without `--project`. Without `--scope` it is the
 * package, if one is named, or else the project. `USAGE` names the option that is missing or not allowed.
 */
export function placeOf(options: PlaceOptions, chosen?: string): SecretPlace {
  const { package: name } = options;
  const project = options.project ?? chosen;
  const scope = parseScope(options.scope) ?? (name === undefined ? "project" : "service");
  switch (scope) {
    case "platform":
      if (options.project !== undefined || name !== undefined)
        throw usage("--scope platform takes no --project and no --package");
      return { scope };
    case "project":
      if (project === undefined)
        throw usage(options.scope === undefined ? expected : "--scope project needs --project");
      if (name !== undefined) throw usage("--scope project takes no --package; for one package use --scope service");
      return { scope, project };
    case "service":
      if (project === undefined || name === undefined) throw usage("--scope service needs --project and --package");
      return { scope, project, package: name };
  }
}

/** The place that the options name, in the chosen project when they name none. */
export async function findPlace(cli: Cli, options: PlaceOptions): Promise<SecretPlace> {
  return placeOf(options, options.project ?? (await findProject(cli)));
}

const expected = "Expected --scope platform or --project, or a project chosen with: sealrun project use NAME";

function parseScope(text: string | undefined): Scope | undefined {
  if (text === undefined) return undefined;
  const parsed = scopeSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw usage(`--scope: expected platform, project or service, found ${showName(text)}`);
}

/** A place in a sentence. */
export function showPlace(place: SecretPlace): string {
  switch (place.scope) {
    case "platform":
      return "the platform";
    case "project":
      return `project ${place.project}`;
    case "service":
      return `package ${place.project}/${place.package}`;
  }
}

function usage(sentence: string): SealrunError {
  return new SealrunError("USAGE", sentence);
}
