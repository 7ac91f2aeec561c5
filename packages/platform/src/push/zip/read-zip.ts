import { createHash } from "node:crypto";
import { wipe } from "@sealrun/crypto";
import { checkPackageFiles, isExecutable, limits, SealrunError, showBytes } from "@sealrun/protocol";
import type { Upload } from "../read-upload.ts";
import { chooseFiles } from "./choose-files.ts";
import { listEntries, type ZipEntry } from "./list-entries.ts";
import { refuseEntry } from "./refuse-entry.ts";
import { unpackEntry } from "./unpack-entry.ts";

const secretsName = "secrets.json";

/**
 * Unpacks an archive in memory into the same form as a plain upload of its files. The list of entries is checked before
 * the first byte is inflated, and no entry inflates to more than its listed size. Fails as `listEntries` and
 * `checkPackageFiles`, and with `SECRETS_FILE_INVALID`. The archive is wiped: it may hold plain secrets.
 */
export async function readZip(archive: Buffer): Promise<Upload> {
  let secretsFile: Uint8Array | undefined;
  try {
    const wanted = chooseFiles(await listEntries(archive));
    const secrets = takeSecrets(wanted);
    const others = wanted.filter((entry) => entry !== secrets);
    checkPackageFiles(others);
    const files = [];
    for (const entry of others) {
      if (entry.kind !== "file") continue;
      const bytes = await unpackEntry(archive, entry);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      files.push({ path: entry.path, bytes, sha256, executable: isExecutable(bytes, entry.executable) });
    }
    if (secrets !== undefined) secretsFile = await unpackEntry(archive, secrets);
    return { announced: undefined, overwrite: false, files, secretsFile };
  } finally {
    wipe(archive);
  }
}

/** The secrets.json at the top level; refuses a second one. */
function takeSecrets(entries: readonly ZipEntry[]): ZipEntry | undefined {
  const found = entries.filter(({ path, kind }) => path === secretsName && kind === "file");
  const [secrets, second] = found;
  if (second !== undefined) throw refuseEntry(secretsName, "is in the zip twice");
  if (secrets !== undefined && secrets.size > limits.secretsFileBytes) {
    throw new SealrunError(
      "SECRETS_FILE_INVALID",
      `"${secretsName}": expected at most ${showBytes(limits.secretsFileBytes)}; leave out what the scripts do not read`,
    );
  }
  return secrets;
}
