import type { Client, SecretPlace } from "@sealrun/client";
import { SealrunError, showName } from "@sealrun/protocol";
import type { Cli } from "../command.ts";
import { askYes } from "../prompt.ts";
import { showPlace } from "./place.ts";

/** What would happen to the secrets, and the answer that was given before: `--yes`. */
export interface ToConfirm {
  readonly place: SecretPlace;
  readonly names: readonly string[];
  readonly verb: "Replace" | "Delete";
  readonly isConfirmed: boolean;
}

/**
 * Asks before existing secrets are replaced or deleted, when standard input is a terminal. Throws `NOT_CONFIRMED` unless
 * the answer is yes. Input from a pipe or a file never asks, and then no client is opened.
 */
export async function confirmLoss(
  cli: Pick<Cli, "input">,
  open: () => Promise<Pick<Client, "listSecrets">>,
  { place, names, verb, isConfirmed }: ToConfirm,
): Promise<void> {
  if (isConfirmed || cli.input.isTTY !== true) return;
  const client = await open();
  const stored = (await client.listSecrets(place)).filter(({ name }) => names.includes(name));
  if (stored.length === 0) return;
  const named = stored.slice(0, 10).map(({ name, version }) => `${showName(name)}, version ${version},`);
  const more = stored.length > named.length ? ` and ${stored.length - named.length} more` : "";
  const lost = stored.length === 1 ? "Its value cannot be read again." : "Their values cannot be read again.";
  if (await askYes(cli, `${verb} ${named.join(" ")}${more} in ${showPlace(place)}? ${lost}`)) return;
  throw new SealrunError("NOT_CONFIRMED", "Nothing was changed; answer with y, or add --yes");
}
