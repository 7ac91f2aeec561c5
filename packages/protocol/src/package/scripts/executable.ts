/**
 * Whether a file of a package is a program that scripts may start by its path. Its own bit decides; a file that came
 * without one, as from a browser, is a program when it starts with `#!`.
 */
export function isExecutable(bytes: Uint8Array, bit: boolean | undefined): boolean {
  return bit ?? (bytes[0] === 0x23 && bytes[1] === 0x21);
}

/** The owner's bit in the attributes of a zip entry; undefined when the entry has no Unix permissions. */
export function executableInZip(externalFileAttributes: number): boolean | undefined {
  const permissions = (externalFileAttributes >>> 16) & 0o777;
  return permissions === 0 ? undefined : (permissions & 0o100) !== 0;
}
