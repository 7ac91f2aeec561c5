import { crc32 } from "node:zlib";
import type { Entry } from "yauzl";
import { SealrunError } from "@sealrun/protocol";

/** Info-ZIP's field for a name that the header's own bytes cannot say. */
const unicodePathId = 0x7075;
/** Of that field: version and checksum. */
const unicodePathHeader = 5;

/**
 * The path of an entry. Names are UTF-8, also where the archive does not say so: macOS does not, and what is not UTF-8
 * could only be guessed. `PACKAGE_INVALID` then; `place` says which entry it is, since its name cannot.
 */
export function readEntryName(
  { fileNameRaw, extraFields }: Pick<Entry, "fileNameRaw" | "extraFields">,
  place: string,
): string {
  const unicode = extraFields.find(
    ({ id, data }) =>
      id === unicodePathId &&
      data.length > unicodePathHeader &&
      data.readUInt8(0) === 1 &&
      data.readUInt32LE(1) === crc32(fileNameRaw),
  );
  const bytes = unicode === undefined ? fileNameRaw : unicode.data.subarray(unicodePathHeader);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const shown = bytes.toString("latin1").replaceAll(/[^ -~]/g, "?");
    throw new SealrunError(
      "PACKAGE_INVALID",
      `Expected names in UTF-8, that of ${place} is not (${shown.slice(0, 128)}); rename it, or zip with a newer program`,
      { cause },
    );
  }
}
