import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js/lib/zip-core-native.js";

/** A zip of these files, compressed; the same files give the same bytes. Programs keep their executable bit. */
export async function makeZip(
  files: readonly { readonly path: string; readonly bytes: Uint8Array; readonly executable?: boolean | undefined }[],
): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, lastModDate: new Date(2020, 0, 1) });
  for (const { path, bytes, executable } of files) {
    const unixMode = executable === true ? 0o100755 : 0o100644;
    await writer.add(path, new Uint8ArrayReader(bytes), { unixMode });
  }
  return writer.close();
}
