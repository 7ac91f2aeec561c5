import { SealrunError, showName } from "@sealrun/protocol";

/** What is wrong with one entry of a zip; the path names it. */
export function refuseEntry(path: string, sentence: string, cause?: unknown): SealrunError {
  return new SealrunError("PACKAGE_INVALID", `${showName(path)}: ${sentence}`, { cause });
}

/** An archive that cannot be read at a place; the reader's own reason has numbers in it and nothing else of the archive. */
export function refuseArchive(place: string, error: unknown): SealrunError {
  if (error instanceof SealrunError) return error;
  const reason = error instanceof Error ? error.message : "no reason given";
  return new SealrunError(
    "PACKAGE_INVALID",
    `Expected a whole zip archive, this one is broken ${place} (${reason}); make it anew`,
    { cause: error },
  );
}
