import type { Client, SecretPlace } from "@sealrun/client";
import { describeLosers, SealrunError, type SecretInfo } from "@sealrun/protocol";
import type { Cli } from "../command.ts";
import { confirmLoss } from "./confirm.ts";

/** How `sealrun secret delete` was typed. */
export interface DeleteChoice {
  /** Delete it although packages use it. */
  readonly force?: boolean | undefined;
  /** Ask nothing. */
  readonly yes?: boolean | undefined;
}

/**
 * Deletes a secret. `SECRET_IN_USE` names the packages that would lose it, before anything is asked; with `force` they
 * are named beside the question. `NOT_CONFIRMED` unless the answer on a terminal is yes.
 */
export async function deleteSecret(
  cli: Pick<Cli, "input" | "output">,
  client: Pick<Client, "deleteSecret" | "listSecrets" | "secretUses">,
  { place, name, force, yes = false }: DeleteChoice & { readonly place: SecretPlace; readonly name: string },
): Promise<SecretInfo> {
  const refuseUsed = async (): Promise<void> => {
    const losers = describeLosers(await client.secretUses(place, name));
    if (losers === undefined) return;
    if (force === true) return cli.output.warn(`${losers}; they lose this value`);
    const sentence = `${losers}; nothing was deleted; add --force to delete it anyway`;
    throw new SealrunError("SECRET_IN_USE", sentence);
  };
  await refuseUsed();
  await confirmLoss(cli, async () => client, { place, names: [name], verb: "Delete", isConfirmed: yes });
  try {
    return await client.deleteSecret(place, name, { force });
  } catch (error) {
    // A package has begun to use it since the question.
    if (error instanceof SealrunError && error.code === "SECRET_IN_USE") await refuseUsed();
    throw error;
  }
}
