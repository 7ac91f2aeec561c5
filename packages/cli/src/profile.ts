import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { decodeText, SealrunError, errorCodeOf } from "@sealrun/protocol";
import { z } from "zod";
import type { Environment } from "./setup/find-on-path.ts";

const profile = z.object({ url: z.string(), token: z.string(), fingerprint: z.string() });
const profilesFile = z.object({
  profiles: z.record(z.string(), profile).default({}),
  /** URL to the keyring's fingerprint, as trusted at first use. */
  pins: z.record(z.string(), z.string()).default({}),
});

/** A platform that this user knows: where it is, the token, the keyring's fingerprint. */
export type Profile = z.infer<typeof profile>;
/** All of them, and the pins of URLs without a profile. */
export type Profiles = z.infer<typeof profilesFile>;

/** Where profiles are kept. */
function profilesPath(environment: Environment): string {
  const base = environment["XDG_CONFIG_HOME"];
  const home = environment["HOME"] ?? homedir();
  return join(base !== undefined && isAbsolute(base) ? base : join(home, ".config"), "sealrun", "profiles.json");
}

/** The saved profiles; none without the file. `CONFIG_INVALID` for a file that others can read or that is damaged. */
export async function readProfiles(environment: Environment): Promise<Profiles> {
  const path = profilesPath(environment);
  const text = await readOwnFile(path);
  if (text === undefined) return { profiles: {}, pins: {} };
  try {
    return decodeText(profilesFile, text);
  } catch (error) {
    const reason = error instanceof SealrunError ? error.message : "it cannot be read";
    throw new SealrunError("CONFIG_INVALID", `${path}: ${reason}; delete it and let sealrun dev write it again`);
  }
}

/** Saves or replaces a profile and the pin of its URL. The file is 0600 and replaced in one step. */
export async function saveProfile(environment: Environment, saved: Profile & { readonly name: string }): Promise<void> {
  const { name, url, token, fingerprint } = saved;
  const known = await readProfiles(environment);
  await writeProfiles(environment, {
    profiles: { ...known.profiles, [name]: { url, token, fingerprint } },
    pins: { ...known.pins, [url]: fingerprint },
  });
}

/** Pins a keyring's fingerprint to a URL. */
export async function savePin(environment: Environment, url: string, fingerprint: string): Promise<void> {
  const known = await readProfiles(environment);
  await writeProfiles(environment, { ...known, pins: { ...known.pins, [url]: fingerprint } });
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

async function writeProfiles(environment: Environment, profiles: Profiles): Promise<void> {
  const path = profilesPath(environment);
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
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
