import { isCredentialFile, SealrunError, showName } from "@sealrun/protocol";

/**
 * Throws `PACKAGE_INVALID` for a file of credentials that somebody uploads by hand. Our own clients leave it out and say
 * so; here nobody would be told that it is kept in the clear.
 */
export function refuseCredentials(path: string): void {
  if (!isCredentialFile(path)) return;
  throw new SealrunError(
    "PACKAGE_INVALID",
    `${showName(path)}: often holds passwords or tokens, and files are not sealed; leave it out and store its values as secrets`,
  );
}
