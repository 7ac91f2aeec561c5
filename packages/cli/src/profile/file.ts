import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { decodeText, SealrunError, errorCodeOf } from "@sealrun/protocol";
import { z } from "zod";
import { withFileLock } from "../files/file-lock.ts";
import type { Environment } from "../setup/find-on-path.ts";

const profile = z.object({
  url: z.string(),
  /** The token, or the command that prints it; never both. */
  token: z.string().optional(),
  tokenCommand: z.string().optional(),
  fingerprint: z.string(),
  /** The project of commands that get no `--project`. */
  project: z.string().optional(),
  /** The data folder of the `sealrun dev` that wrote the profile. */
  dev: z.string().optional(),
});
const profilesFile = z.object({
  /** The profile of commands that get no `--profile`. */
  current: z.string().optional(),
  profiles: z.record(z.string(), profile).default({}),
  /** URL to the keyring's fingerprint, as trusted at first use. */
  pins: z.record(z.string(), z.string()).default({}),
});

/** A platform that this user knows: where it is, the token, the keyring's fingerprint. */
export type Profile = z.infer<typeof profile>;
/** All of them, and the pins of URLs without a profile. */
export type Profiles = z.infer<typeof profilesFile>;

/** The profile that `sealrun dev` writes, and that is current until another one is chosen. */
export const localProfile = "local";

/** The saved profiles; none without the file. `CONFIG_INVALID` for a file that others can read or that is damaged. */
export async function readProfiles(environment: Environment): Promise<Profiles> {
  const path = profilesPath(environment);
  const text = await readOwnFile(path);
  if (text === undefined) return { profiles: {}, pins: {} };
  try {
    return decodeText(profilesFile, text);
  } catch (error) {
    const reason = error instanceof SealrunError ? error.message : "it cannot be read";
    throw new SealrunError("CONFIG_INVALID", `${path}: ${reason}; correct it, or delete it and sign in again`);
  }
}

/**
 * Changes the saved profiles. Commands that do so at once take turns, so that no change is lost. The file is 0600 and
 * replaced in one step.
 */
export async function changeProfiles(environment: Environment, change: (known: Profiles) => Profiles): Promise<void> {
  const path = profilesPath(environment);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(path, error);
  }
  await withFileLock(path, async () => writeProfiles(path, change(await readProfiles(environment))));
}

/** Where profiles are kept. */
function profilesPath(environment: Environment): string {
  const base = environment["XDG_CONFIG_HOME"];
  const home = environment["HOME"] ?? homedir();
  return join(base !== undefined && isAbsolute(base) ? base : join(home, ".config"), "sealrun", "profiles.json");
}

async function readOwnFile(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { mode } = await file.stat();
      if ((mode & 0o077) !== 0) {
        throw new SealrunError(
          "CONFIG_INVALID",
          `${path} holds a token and other users can read it; run: chmod 600 ${path}`,
        );
      }
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT" || errorCodeOf(error) === "ENOTDIR") return undefined;
    throw error instanceof SealrunError ? error : unusable(path, error);
  }
}

async function writeProfiles(path: string, profiles: Profiles): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeFile(draft, `${JSON.stringify(profiles, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw unusable(path, error);
  }
}

function unusable(path: string, cause: unknown): SealrunError {
  const code = errorCodeOf(cause);
  const reason = code === undefined ? "" : ` (${code})`;
  return new SealrunError("CONFIG_INVALID", `${path} cannot be used${reason}; check its owner and mode`, { cause });
}
