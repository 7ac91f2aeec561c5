import { describeLosers, SealrunError, type SecretUses } from "@sealrun/protocol";

/** `SECRET_IN_USE` with the packages that would lose the value. */
export function refuseUsed(uses: SecretUses): void {
  const losers = describeLosers(uses);
  if (losers === undefined) return;
  throw new SealrunError("SECRET_IN_USE", `${losers}; nothing was deleted; add ?force=true to delete it anyway`);
}
