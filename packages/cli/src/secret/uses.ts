import type { SecretUses } from "@sealrun/protocol";
import type { Output } from "../output.ts";
import { showTime } from "../show-time.ts";

type Use = SecretUses["uses"][number];

/** Prints the packages that use a secret, and where. */
export function showUses(output: Pick<Output, "line" | "table">, { uses }: SecretUses): void {
  if (uses.length === 0) return output.line("no package uses it");
  output.table(
    ["PACKAGE", "WHERE", "LAST READ", "SHADOWED"],
    uses.map((use) => [addressOf(use), placesIn(use), lastReadOf(use), use.shadowed ? "yes" : "-"]),
  );
}

function addressOf({ project, package: name }: Use): string {
  return `${project}/${name}`;
}

/** `config.json, manifest.json`, or a dash. */
function placesIn({ references, declared }: Use): string {
  const files = [...references.map(({ file }) => file), ...(declared ? ["manifest.json"] : [])];
  return files.length === 0 ? "-" : [...new Set(files)].join(", ");
}

function lastReadOf({ lastRead }: Use): string {
  return lastRead === null ? "-" : showTime(lastRead.at);
}
