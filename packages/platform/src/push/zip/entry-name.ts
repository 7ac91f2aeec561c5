import { crc32 } from "node:zlib";
import type { Entry } from "yauzl";
import { SealrunError } from "@sealrun/protocol";

/** Info-ZIP's field for a Unicode name, beside the name in the header. */
const unicodePathId = 0x7075;
/** Bytes of version and checksum at the start of that field. */
const unicodePathHeader = 5;

/**
 * The path of an entry. Names must be UTF-8, even where the archive does not declare it: macOS does not. Another
 * encoding could only be guessed: `PACKAGE_INVALID`, and `place` says which entry it is, since its name cannot.
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
      `Expected file names in UTF-8, but the name of ${place} is not (${shown.slice(0, 128)}). Rename it, or make the zip with a newer program`,
      { cause },
    );
  }
}
