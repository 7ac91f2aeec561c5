import { type Client, createClient, fetchPlatform } from "@sealrun/client";
import { parseFingerprint } from "@sealrun/crypto";
import { cutEnd, SealrunError, showName, showNames } from "@sealrun/protocol";
import type { Cli } from "./command.ts";
import { type Profile, type Profiles, readProfiles, savePin } from "./profile.ts";
import type { Environment } from "./setup/find-on-path.ts";

/**
 * A client of the platform that the environment or a profile names. A URL without a known fingerprint is pinned at
 * first use, and a note says so. `CONFIG_INVALID` or `UNAUTHENTICATED` says what to set.
 */
export async function connect(cli: Cli): Promise<Client> {
  const { environment } = cli;
  const profiles = await readProfiles(environment);
  const chosen = chooseProfile(profiles, cli.profileName());
  const override = cli.profileName() === undefined ? withoutEmpty(environment) : {};
  const url = checkUrl(cli, override["SEALRUN_URL"] ?? chosen?.url);
  // A token belongs to its URL: the token of another platform must not be sent here.
  const own = [chosen, ...Object.values(profiles.profiles)].find((profile) => profile?.url === url);
  const token = override["SEALRUN_TOKEN"] ?? own?.token;
  if (token === undefined || token === "")
    throw new SealrunError("UNAUTHENTICATED", `There is no token for ${url}; set SEALRUN_TOKEN`);
  const known = override["SEALRUN_FINGERPRINT"] ?? own?.fingerprint ?? profiles.pins[url];
  const fingerprint = known === undefined ? await pinAtFirstUse(cli, url) : checkFingerprintForm(known);
  return createClient({ url, token, fingerprint });
}

/** An empty variable counts as not set. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
}

function chooseProfile({ profiles }: Profiles, name: string | undefined): Profile | undefined {
  if (name === undefined) return profiles["local"];
  if (Object.hasOwn(profiles, name)) return profiles[name];
  const names = Object.keys(profiles);
  const known = names.length === 0 ? "no profiles are saved yet" : `known are ${showNames(names)}`;
  throw new SealrunError("CONFIG_INVALID", `There is no profile ${showName(name)}; ${known}`);
}

function checkUrl(cli: Cli, text: string | undefined): string {
  if (text === undefined || text === "") {
    throw new SealrunError(
      "CONFIG_INVALID",
      "No platform is known yet; start one with: sealrun dev, or set SEALRUN_URL and SEALRUN_TOKEN",
    );
  }
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "") {
    throw new SealrunError(
      "CONFIG_INVALID",
      `SEALRUN_URL: expected a URL such as https://sealrun.example, found ${showName(text)}`,
    );
  }
  if (url.protocol === "http:" && !/^(localhost|127\.[0-9.]+|\[::1\])$/.test(url.hostname)) {
    cli.output.warn(`${url.origin} is not encrypted: others on the network can read your token; use https`);
  }
  return cutEnd(text, "/");
}

function checkFingerprintForm(text: string): string {
  try {
    parseFingerprint(text);
    return text;
  } catch {
    throw new SealrunError("CONFIG_INVALID", "SEALRUN_FINGERPRINT: expected SHA256: and 43 characters of base64");
  }
}

async function pinAtFirstUse(cli: Cli, url: string): Promise<string> {
  const { keyring } = await fetchPlatform({ url });
  await savePin(cli.environment, url, keyring.fingerprint);
  cli.output.note(`first use of ${url}: trusting the keyring ${keyring.fingerprint} from now on`);
  return keyring.fingerprint;
}
