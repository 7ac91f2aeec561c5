import { makeZip } from "./make-zip.ts";

/** A zip archive of these files, uncompressed: as a wheel may be. */
export function storedZip(files: Readonly<Record<string, string>>): Buffer {
  return makeZip(Object.entries(files).map(([name, content]) => ({ name, content })));
}
