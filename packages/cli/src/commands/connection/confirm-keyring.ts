import { SealrunError } from "@sealrun/protocol";
import type { Cli } from "../../command.ts";
import { askYes } from "../../prompt.ts";

/** A platform's keyring that this user does not trust yet. */
interface NewKeyring {
  readonly url: string;
  /** The fingerprint that the platform shows. */
  readonly found: string;
  /** `--fingerprint`, or undefined. */
  readonly given: string | undefined;
}

/**
 * Returns when the keyring is the operator's: it has the given fingerprint, or a person at the terminal says so. Throws
 * `FINGERPRINT_MISMATCH`, `NOT_CONFIRMED`, or `USAGE` without a terminal.
 */
export async function confirmKeyring(cli: Pick<Cli, "input" | "output">, keyring: NewKeyring): Promise<void> {
  const { url, found, given } = keyring;
  if (given === found) return;
  if (given !== undefined) {
    throw new SealrunError(
      "FINGERPRINT_MISMATCH",
      `${url} has the keyring ${found}, not the one of --fingerprint; ask the platform's operator which one is right`,
    );
  }
  if (cli.input.isTTY !== true) {
    throw new SealrunError(
      "USAGE",
      "Without a terminal, --fingerprint is needed: the keyring's fingerprint, from the platform's operator",
    );
  }
  cli.output.note(`${url} has the keyring ${found}`);
  if (await askYes(cli, "Is this the fingerprint that the platform's operator gave you?")) return;
  throw new SealrunError("NOT_CONFIRMED", "Nothing was saved; ask the platform's operator for the fingerprint");
}
