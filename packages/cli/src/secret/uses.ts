import type { SecretPlace } from "@sealrun/client";
import { SealrunError, type SecretUses, showName } from "@sealrun/protocol";
import type { Output } from "../output.ts";
import { showTime } from "../show-time.ts";
import { showPlace } from "./place.ts";

type Use = SecretUses["uses"][number];

const maxNamed = 10;

/** Prints the packages that use a secret, and where. */
export function showUses(output: Pick<Output, "line" | "table">, { uses }: SecretUses): void {
  if (uses.length === 0) return output.line("no package uses it");
  output.table(
    ["PACKAGE", "WHERE", "LAST READ", "SHADOWED"],
    uses.map((use) => [addressOf(use), placesIn(use), lastReadOf(use), use.shadowed ? "yes" : "-"]),
  );
}

/** `SECRET_IN_USE` with the packages that would lose the value. One that has a narrower secret of that name loses nothing. */
export function refuseUsed({ name, uses }: SecretUses, place: SecretPlace): void {
  const losing = uses.filter(({ shadowed }) => !shadowed);
  if (losing.length === 0) return;
  const named = losing.slice(0, maxNamed).map((use) => `${addressOf(use)} (${whyUsed(use)})`);
  const more = losing.length > maxNamed ? ` and ${losing.length - maxNamed} more` : "";
  throw new SealrunError(
    "SECRET_IN_USE",
    `${showName(name)} in ${showPlace(place)} is used by ${named.join(", ")}${more}; nothing was deleted; add --force to delete it anyway`,
  );
}

function addressOf({ project, package: name }: Use): string {
  return `${project}/${name}`;
}

function whyUsed(use: Use): string {
  const places = placesIn(use);
  return places === "-" ? `read ${lastReadOf(use)}` : places;
}

/** `config.json, manifest.json`, or a dash. */
function placesIn({ references, declared }: Use): string {
  const files = [...references.map(({ file }) => file), ...(declared ? ["manifest.json"] : [])];
  return files.length === 0 ? "-" : [...new Set(files)].join(", ");
}

function lastReadOf({ lastRead }: Use): string {
  return lastRead === null ? "-" : showTime(lastRead.at);
}
