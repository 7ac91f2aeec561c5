import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  exportIdentity,
  fingerprint,
  generateIdentity,
  type Identity,
  importIdentity,
  newId,
  randomBytes,
  toPublicIdentity,
} from "@sealrun/crypto";
import { encodeJson, keyringSender, platformId, type PlatformId, SealrunError, errorCodeOf } from "@sealrun/protocol";
import type { DataFolder } from "./data-folder.ts";
import { ensureFolder, replacePrivateFile } from "../files/private-files.ts";

/** The ids and the token that a data folder's keys give. */
export interface InstallationKeys {
  readonly platformId: PlatformId;
  readonly fingerprint: string;
  readonly adminToken: string;
}

/** Makes identities, both root keys and the admin token on the first start; later starts read them. */
export async function ensureKeys(folder: DataFolder): Promise<InstallationKeys> {
  for (const file of [folder.identity("platform"), folder.identity("keyring"), folder.publicIdentity("platform")]) {
    await ensureFolder(dirname(file));
  }
  const platform = await readOrMakeIdentity(folder.identity("platform"), () => newId("platform"));
  const keyring = await readOrMakeIdentity(folder.identity("keyring"), () => keyringSender);
  await replacePrivateFile(folder.publicIdentity("platform"), encodeJson(toPublicIdentity(platform)));
  await replacePrivateFile(folder.publicIdentity("keyring"), encodeJson(toPublicIdentity(keyring)));
  await readOrMakeFile(folder.rootKey("platform"), () => randomBytes(32));
  await readOrMakeFile(folder.rootKey("keyring"), () => randomBytes(32));
  const token = await readOrMakeFile(folder.adminTokenFile, () =>
    Buffer.from(`sr_adm_${Buffer.from(randomBytes(32)).toString("base64url")}`),
  );
  return {
    platformId: platformId.parse(platform.id),
    fingerprint: fingerprint(keyring.signPublic),
    adminToken: Buffer.from(token).toString("utf8"),
  };
}

async function readOrMakeIdentity(file: string, id: () => string): Promise<Identity> {
  return importIdentity(await readOrMakeFile(file, () => exportIdentity(generateIdentity(id()))));
}

/** The bytes kept in a file; the first call makes the file, complete or not at all. */
async function readOrMakeFile(file: string, make: () => Uint8Array): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCodeOf(error) !== "ENOENT") {
      throw new SealrunError("DATA_FOLDER_UNUSABLE", `${file} cannot be read; give the data folder to this user`, {
        cause: error,
      });
    }
  }
  const bytes = make();
  await replacePrivateFile(file, bytes);
  return bytes;
}
