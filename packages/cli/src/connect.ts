import { type Client, createClient, fetchPlatform } from "@sealrun/client";
import { parseFingerprint } from "@sealrun/crypto";
import { projectName, SealrunError, showName } from "@sealrun/protocol";
import type { Cli } from "./command.ts";
import { type Asked, chooseProject, chooseTarget, type Target } from "./profile/choose.ts";
import { changeProfiles, readProfiles } from "./profile/file.ts";
import { takeToken } from "./profile/token.ts";
import { isUnencrypted } from "./profile/url.ts";

/**
 * A client of the platform that the environment or a profile names. A URL without a known fingerprint is pinned at
 * first use, and a note says so. `CONFIG_INVALID` or `UNAUTHENTICATED` says what to set.
 */
export async function connect(cli: Cli): Promise<Client> {
  const { url, token: source, fingerprint: known } = await findTarget(cli);
  warnOfPlainText(cli, url);
  if (source === undefined) {
    const sentence = `There is no token for ${url}; sign in with: sealrun login ${url}, or set SEALRUN_TOKEN`;
    throw new SealrunError("UNAUTHENTICATED", sentence);
  }
  const token = await takeToken(source, cli);
  const fingerprint =
    known === undefined ? await pinAtFirstUse(cli, url) : checkFingerprintForm(known.text, known.from);
  return createClient({ url, token, fingerprint });
}

/** The platform that the command line, the environment or a profile names; asks nothing of it. */
export async function findTarget(cli: Pick<Cli, "environment" | "profileName">): Promise<Target> {
  return chooseTarget(await readProfiles(cli.environment), askedBy(cli));
}

/** The project of a command that got none: that of SEALRUN_PROJECT or of the profile. `USAGE` without it. */
export async function requireProject(
  cli: Pick<Cli, "environment" | "profileName">,
  given: string | undefined,
): Promise<string> {
  const project = given ?? (await findProject(cli));
  if (project !== undefined) return project;
  throw new SealrunError("USAGE", "Expected --project <project>, or a project chosen with: sealrun project use NAME");
}

/** The project of SEALRUN_PROJECT or of the profile, or undefined. */
export async function findProject(cli: Pick<Cli, "environment" | "profileName">): Promise<string | undefined> {
  const project = chooseProject(await readProfiles(cli.environment), askedBy(cli));
  if (project === undefined) return undefined;
  const parsed = projectName.safeParse(project.name);
  if (parsed.success) return parsed.data;
  const from = project.from === "SEALRUN_PROJECT" ? project.from : `The project of the profile ${project.from}`;
  const sentence = `${from}: ${showName(project.name)} is not allowed: ${parsed.error.issues[0]?.message}`;
  throw new SealrunError("NAME_NOT_ALLOWED", sentence);
}

/** Says that others on the network can read what is sent. */
export function warnOfPlainText({ output }: Pick<Cli, "output">, url: string): void {
  if (!isUnencrypted(url)) return;
  output.warn(`${new URL(url).origin} is not encrypted: others on the network can read your token; use https`);
}

/** A fingerprint as `option` gave it; `CONFIG_INVALID` with the form. */
export function checkFingerprintForm(text: string, option: string): string {
  try {
    parseFingerprint(text);
    return text;
  } catch {
    throw new SealrunError("CONFIG_INVALID", `${option}: expected SHA256: and 43 characters of base64`);
  }
}

/** What the command line and the environment ask for. */
export function askedBy({ environment, profileName }: Pick<Cli, "environment" | "profileName">): Asked {
  return { name: profileName(), environment };
}

async function pinAtFirstUse(cli: Cli, url: string): Promise<string> {
  const { keyring } = await fetchPlatform({ url });
  await changeProfiles(cli.environment, (known) => ({
    ...known,
    pins: { ...known.pins, [url]: keyring.fingerprint },
  }));
  cli.output.note(`first use of ${url}: trusting the keyring ${keyring.fingerprint} from now on`);
  return keyring.fingerprint;
}
