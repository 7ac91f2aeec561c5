import type { SecretPlace } from "@sealrun/client";
import { type Scope, scope, SealrunError, showName } from "@sealrun/protocol";
import { type Command } from "commander";
import { parsePackage, parseProject } from "../command.ts";

/** The options that say whose secrets a command is about. */
export interface PlaceOptions {
  readonly scope?: string;
  readonly project?: string;
  readonly package?: string;
}

/** Adds `--scope`, `--project` and `--package`. */
export function addPlaceOptions(command: Command): Command {
  return command
    .option("--scope <scope>", "platform, project or service (one package)")
    .option("--project <project>", "for the scopes project and service", parseProject)
    .option("--package <package>", "for the scope service", parsePackage);
}

/** The place that the options name; `USAGE` names the option that is missing or not allowed. */
export function placeOf(options: PlaceOptions): SecretPlace {
  const { project, package: name } = options;
  const chosen = parseScope(options.scope);
  switch (chosen) {
    case "platform":
      if (project !== undefined || name !== undefined)
        throw usage("--scope platform takes no --project and no --package");
      return { scope: chosen };
    case "project":
      if (project === undefined) throw usage("--scope project needs --project");
      if (name !== undefined) throw usage("--scope project takes no --package; for one package use --scope service");
      return { scope: chosen, project };
    case "service":
      if (project === undefined || name === undefined) throw usage("--scope service needs --project and --package");
      return { scope: chosen, project, package: name };
  }
}

function parseScope(text: string | undefined): Scope {
  if (text === undefined) throw usage("Expected --scope platform, --scope project or --scope service");
  const parsed = scope.safeParse(text);
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
