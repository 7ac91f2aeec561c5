import type { Client, VersionPlace } from "@sealrun/client";
import type { VersionFile } from "@sealrun/protocol";

/** Downloads bytes as a file. */
function save(bytes: Uint8Array, name: string): void {
  const address = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // By then the download has started.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Saves one file of a version. */
export async function saveFile(client: Client, place: VersionPlace, path: string): Promise<void> {
  save(await client.readVersionFile(place, path), path.slice(path.lastIndexOf("/") + 1));
}

/** Saves all files of a version as one zip, which can be uploaded again. */
export async function saveZip(
  client: Client,
  place: VersionPlace,
  files: readonly VersionFile[],
  onProgress: (done: number) => void,
): Promise<void> {
  const { makeZip } = await import("./make-zip.ts");
  const contents: { path: string; bytes: Uint8Array; executable: boolean | undefined }[] = [];
  for (const { path, executable } of files) {
    contents.push({ path, bytes: await client.readVersionFile(place, path), executable });
    onProgress(contents.length);
  }
  save(await makeZip(contents), `${place.package}-${place.number}.zip`);
}
