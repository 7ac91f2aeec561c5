import { createClient, fetchPlatform } from "@sealrun/client";
import { SealrunError } from "@sealrun/protocol";
import { Command } from "commander";
import type { Cli } from "../../command.ts";
import { checkFingerprintForm, warnOfPlainText } from "../../connect.ts";
import { namedProfiles, type TokenSource } from "../../profile/choose.ts";
import { changeProfiles, localProfile, type Profile, type Profiles, readProfiles } from "../../profile/file.ts";
import { parseProfileName } from "../../profile/name.ts";
import { checkToken, takeToken } from "../../profile/token.ts";
import { nameOfUrl, readUrl } from "../../profile/url.ts";
import { askHidden, readInput } from "../../prompt.ts";
import { confirmKeyring } from "./confirm-keyring.ts";

interface LoginOptions {
  readonly tokenCommand?: string;
  readonly fingerprint?: string;
  readonly json?: boolean;
}

/** `sealrun login`. */
export function loginCommand(cli: Cli): Command {
  return new Command("login")
    .description("Save a platform and its token as a profile, and use it from now on")
    .argument("<url>", "the platform's address, such as https://sealrun.example")
    .usage("<url> [--profile NAME] < token")
    .option("--token-command <command>", "run this command for the token at each use; the token is not stored")
    .option("--fingerprint <fingerprint>", "the keyring's fingerprint, from the operator; needed without a terminal")
    .option("--json", "print the profile as JSON, without its token")
    .action(async (url: string, options: LoginOptions) => login(cli, url, options));
}

async function login(cli: Cli, text: string, options: LoginOptions): Promise<void> {
  const { environment, output } = cli;
  const url = readUrl(text, "The address");
  const known = await readProfiles(environment);
  const name = chooseName(known, url, cli.profileName());
  warnOfPlainText(cli, url);
  const fingerprint = await trustKeyring(cli, known, { url, given: options.fingerprint });
  const source = await readSource(cli, name, options.tokenCommand);
  const author = await signIn(cli, source, { url, fingerprint });
  await changeProfiles(environment, (before) => withLogin(before, name, { url, fingerprint, ...stored(source) }));
  if (options.json === true) output.json({ profile: name, url, author, fingerprint });
  else {
    output.line(`${output.paint("green", "signed in")} to ${url} as ${author}`);
    output.line(`  profile ${name}: saved, and in use from now on`);
  }
  for (const variable of ["SEALRUN_URL", "SEALRUN_TOKEN", "SEALRUN_FINGERPRINT"]) {
    if ((environment[variable] ?? "") !== "") output.warn(`${variable} is set, and comes before the profile`);
  }
}

/** The name that was given, or that of the URL's own profile, or the host. A name keeps its platform. */
function chooseName(known: Profiles, url: string, given: string | undefined): string {
  const own = namedProfiles(known).find(({ profile }) => profile.url === url);
  const name = parseProfileName(given ?? own?.name ?? nameOfUrl(url));
  const before = namedProfiles(known).find((candidate) => candidate.name === name);
  if (before !== undefined && before.profile.url !== url) {
    const sentence = `The profile ${name} is for ${before.profile.url}; give another name with --profile`;
    throw new SealrunError("ALREADY_EXISTS", `${sentence}, or first run: sealrun logout --profile ${name}`);
  }
  if (before !== undefined || name !== localProfile) return name;
  throw new SealrunError("NAME_NOT_ALLOWED", `sealrun dev uses the profile ${name}; give another name with --profile`);
}

interface ToTrust {
  readonly url: string;
  /** `--fingerprint`. */
  readonly given: string | undefined;
}

async function trustKeyring(cli: Cli, known: Profiles, { url, given }: ToTrust): Promise<string> {
  if (given !== undefined) checkFingerprintForm(given, "--fingerprint");
  const { keyring } = await fetchPlatform({ url });
  const found = keyring.fingerprint;
  const own = namedProfiles(known).find(({ profile }) => profile.url === url);
  const pinned = own?.profile.fingerprint ?? known.pins[url];
  if (pinned !== undefined && pinned !== found) {
    const sentence = `${url} has the keyring ${found}, but ${pinned} is trusted; the connection may be intercepted, so no token was sent`;
    throw new SealrunError("FINGERPRINT_MISMATCH", sentence);
  }
  if (pinned === undefined || given !== undefined) await confirmKeyring(cli, { url, found, given });
  return found;
}

async function readSource(cli: Cli, profile: string, command: string | undefined): Promise<TokenSource> {
  if (command?.trim() === "") throw new SealrunError("USAGE", "--token-command: expected a command");
  if (command !== undefined) return { kind: "command", profile, command };
  const typed =
    cli.input.isTTY === true ? await askHidden("Token") : Buffer.from(await readInput(cli)).toString("utf8");
  const token = typed.trim();
  if (token === "") throw new SealrunError("USAGE", "Expected the token on standard input, found nothing");
  return { kind: "stored", profile, token: checkToken(token, "the token") };
}

async function signIn(cli: Cli, source: TokenSource, platform: Pick<Profile, "url" | "fingerprint">): Promise<string> {
  const token = await takeToken(source, cli);
  try {
    return await createClient({ ...platform, token }).whoami();
  } catch (error) {
    if (!(error instanceof SealrunError) || error.code !== "UNAUTHENTICATED") throw error;
    const sentence = `${platform.url} does not accept this token; check that all of it was given; nothing was saved`;
    throw new SealrunError("UNAUTHENTICATED", sentence, { cause: error });
  }
}

function stored(source: TokenSource): Pick<Profile, "token" | "tokenCommand"> {
  return source.kind === "command" ? { tokenCommand: source.command } : { token: source.token };
}

/** A new sign-in keeps the profile's project and what else is not about the token. */
function withLogin(known: Profiles, name: string, login: Profile): Profiles {
  const { token: _token, tokenCommand: _command, ...before } = known.profiles[name] ?? login;
  return {
    current: name,
    profiles: { ...known.profiles, [name]: { ...before, ...login } },
    pins: { ...known.pins, [login.url]: login.fingerprint },
  };
}
