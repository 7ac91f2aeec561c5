/** Before each sealed record: its length and its chunk's sequence, each in four bytes, the highest first. */
const headBytes = 8;

/** Where a record's sealed bytes are in its file. */
export interface RecordPlace {
  readonly sequence: number;
  readonly offset: number;
  readonly length: number;
}

/** The bytes of a record as they are appended to a file. */
export function frameRecord(sequence: number, sealed: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headBytes + sealed.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, sealed.length);
  view.setUint32(4, sequence);
  bytes.set(sealed, headBytes);
  return bytes;
}

/**
 * The records of a file, up to the first incomplete one, which a process was killed while writing. Changed records are
 * found too: only opening them shows the change.
 */
export function findRecords(file: Uint8Array): readonly RecordPlace[] {
  const places: RecordPlace[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let offset = headBytes;
  while (offset <= file.length) {
    const length = view.getUint32(offset - headBytes);
    const sequence = view.getUint32(offset - headBytes + 4);
    if (length === 0 || sequence === 0 || offset + length > file.length) break;
    places.push({ sequence, offset, length });
    offset += length + headBytes;
  }
  return places;
}

/** Where the next record's sealed bytes will be in a file of `fileBytes` bytes. */
export function placeAfter(fileBytes: number): number {
  return fileBytes + headBytes;
}
