import { fetchPlatform } from "@sealrun/client";
import { Command } from "commander";
import type { Cli } from "../../command.ts";
import { checkFingerprintForm, findTarget } from "../../connect.ts";
import { addListOptions, type ListOptions, printList } from "../../list-output.ts";
import { currentProfile, type NamedProfile, namedProfiles, requireProfile } from "../../profile/choose.ts";
import { changeProfiles, readProfiles } from "../../profile/file.ts";
import { confirmKeyring } from "./confirm-keyring.ts";

interface JsonOption {
  readonly json?: boolean;
}
type TrustOptions = JsonOption & { readonly fingerprint?: string };

/** `sealrun profile list`, `use` and `trust`. */
export function profileCommand(cli: Cli): Command {
  const command = new Command("profile").description("Profiles: the platforms that this machine is signed in to");
  addListOptions(
    command.command("list").description("List the profiles, never their tokens; a star marks the one in use"),
    "names",
  ).action(async (options: ListOptions) => list(cli, options));
  command
    .command("use")
    .description("Choose the profile of commands that name none")
    .argument("<name>", "the profile")
    .option("--json", "print it as JSON")
    .action(async (name: string, options: JsonOption) => use(cli, name, options));
  command
    .command("trust")
    .description("Trust the platform's keyring of today instead of an earlier one: only after its operator replaced it")
    .option("--fingerprint <fingerprint>", "its fingerprint, from the operator; needed without a terminal")
    .option("--json", "print it as JSON")
    .action(async (options: TrustOptions) => trust(cli, options));
  return command;
}

async function list({ environment, output }: Cli, options: ListOptions): Promise<void> {
  const known = await readProfiles(environment);
  const current = currentProfile(known)?.name;
  const all = namedProfiles(known);
  const show = (): void => {
    if (all.length === 0) return output.line("no profiles yet; sign in with: sealrun login URL");
    output.table(
      ["", "PROFILE", "URL", "TOKEN", "PROJECT", "KEYRING"],
      all.map(({ name, profile }) => [
        name === current ? "*" : "",
        name,
        profile.url,
        profile.tokenCommand === undefined ? "stored" : "by command",
        profile.project ?? "-",
        profile.fingerprint,
      ]),
    );
  };
  const profiles = all.map((one) => infoOf(one, current));
  await printList(output, options, { document: { profiles }, names: all.map(({ name }) => name), show });
}

function infoOf({ name, profile }: NamedProfile, current: string | undefined): Readonly<Record<string, unknown>> {
  const { url, fingerprint, tokenCommand, project = null, dev = null } = profile;
  const token = tokenCommand === undefined ? "stored" : "command";
  return { name, url, isCurrent: name === current, token, project, fingerprint, dev };
}

async function use({ environment, output }: Cli, name: string, { json }: JsonOption): Promise<void> {
  await changeProfiles(environment, (known) => ({ ...known, current: requireProfile(known, name).name }));
  const { profile } = requireProfile(await readProfiles(environment), name);
  if (json === true) output.json({ profile: name, url: profile.url });
  else output.line(`${output.paint("green", "in use")} now: ${name}, ${profile.url}`);
}

async function trust(cli: Cli, { fingerprint: given, json }: TrustOptions): Promise<void> {
  const { output } = cli;
  if (given !== undefined) checkFingerprintForm(given, "--fingerprint");
  const { url, own, fingerprint } = await findTarget(cli);
  const { keyring } = await fetchPlatform({ url });
  const found = keyring.fingerprint;
  const before = own?.profile.fingerprint ?? fingerprint?.text;
  if (before !== undefined && before !== found) output.note(`until now ${before} was trusted`);
  if (before !== found || given !== undefined) await confirmKeyring(cli, { url, found, given });
  await changeProfiles(cli.environment, (known) => ({
    ...known,
    profiles: Object.fromEntries(
      namedProfiles(known).map(({ name, profile }) => [
        name,
        profile.url === url ? { ...profile, fingerprint: found } : profile,
      ]),
    ),
    pins: { ...known.pins, [url]: found },
  }));
  if (json === true) output.json({ url, fingerprint: found, before: before ?? null });
  else output.line(`${output.paint("green", before === found ? "trusted already" : "trusted")}: ${url} with ${found}`);
}
