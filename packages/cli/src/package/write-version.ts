import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256Hex } from "@sealrun/crypto";
import { checkPackageFiles, SealrunError, showName, type VersionInfo } from "@sealrun/protocol";
import { makeFolder } from "../files/make-folder.ts";
import { fillNewFolder } from "../files/new-folder.ts";

/**
 * Writes the files of a version into a new folder, for its user only: all of them, or none. The platform is not trusted with paths: all are
 * checked as a push checks them before anything is written, so none leads out of the folder. `TAMPERED` for bytes that
 * do not have the version's hash.
 */
export async function writeVersion(
  folder: string,
  { files }: Pick<VersionInfo, "files">,
  read: (path: string) => Promise<Uint8Array>,
): Promise<void> {
  checkPackageFiles(files.map(({ path, size }) => ({ path, size, kind: "file" })));
  await fillNewFolder(folder, 0o700, async (draft) => {
    for (const { path, sha256, executable } of files) {
      const bytes = await read(path);
      if (sha256Hex(bytes) !== sha256) {
        throw new SealrunError(
          "TAMPERED",
          `${showName(path)} does not have the hash that the version names; try again`,
        );
      }
      await makeFolder(dirname(join(draft, path)));
      await writeFile(join(draft, path), bytes, { flag: "wx", mode: executable === true ? 0o700 : 0o600 });
    }
  });
}
