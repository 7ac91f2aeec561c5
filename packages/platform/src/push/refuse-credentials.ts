import { isCredentialFile, SealrunError, showName } from "@sealrun/protocol";

/**
 * Throws `PACKAGE_INVALID` for a file of credentials in an upload made by hand. Our own clients leave such files out
 * and say so; here the person would not learn that the file is stored in the clear.
 */
export function refuseCredentials(path: string): void {
  if (!isCredentialFile(path)) return;
  throw new SealrunError(
    "PACKAGE_INVALID",
    `${showName(path)}: often holds passwords or tokens, and files are not sealed. Leave it out and store its values as secrets`,
  );
}
