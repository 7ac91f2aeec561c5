import { SealrunError, showName } from "@sealrun/protocol";

/** The error for one entry of a zip; it names the path. */
export function refuseEntry(path: string, sentence: string, cause?: unknown): SealrunError {
  return new SealrunError("PACKAGE_INVALID", `${showName(path)}: ${sentence}`, { cause });
}

/** The error for an archive that cannot be read at a place; the library's reason holds only numbers of the archive. */
export function refuseArchive(place: string, error: unknown): SealrunError {
  if (error instanceof SealrunError) return error;
  const reason = error instanceof Error ? error.message : "no reason given";
  return new SealrunError("PACKAGE_INVALID", `The zip archive is broken ${place} (${reason}); make it again`, {
    cause: error,
  });
}
