import { Command } from "commander";
import type { Cli } from "../../command.ts";
import { askedBy, connect, findTarget } from "../../connect.ts";
import { chooseProject, type Target } from "../../profile/choose.ts";
import { readProfiles } from "../../profile/file.ts";
import { describeSource } from "../../profile/token.ts";

/** `sealrun whoami`. */
export function whoamiCommand(cli: Cli): Command {
  return new Command("whoami")
    .description("Show who you are, on which platform, and why: profile, token, keyring, project")
    .option("--json", "print it as JSON")
    .action(async ({ json }: { readonly json?: boolean }) => whoami(cli, json === true));
}

async function whoami(cli: Cli, asJson: boolean): Promise<void> {
  const { output } = cli;
  const target = await findTarget(cli);
  const client = await connect(cli);
  const author = await client.whoami();
  const { keyring } = await client.platform();
  const project = chooseProject(await readProfiles(cli.environment), askedBy(cli));
  const { url, own, token } = target;
  if (asJson) {
    return output.json({
      author,
      url,
      profile: own?.name ?? null,
      from: target.from,
      token: token?.kind ?? null,
      fingerprint: keyring.fingerprint,
      project: project ?? null,
    });
  }
  output.line(`${output.paint("bold", author)} on ${url}`);
  output.line(`  profile ${describeProfile(target)}`);
  if (token !== undefined) output.line(`  token   ${describeSource(token)}`);
  output.line(`  keyring ${keyring.fingerprint}`);
  output.line(
    `  project ${project === undefined ? "none chosen" : `${project.name}, chosen in ${describeFrom(project.from)}`}`,
  );
}

function describeProfile({ own, from }: Target): string {
  const name = own?.name ?? "none";
  switch (from) {
    case "--profile":
      return `${name}, named with --profile`;
    case "SEALRUN_URL":
      return `${name}: SEALRUN_URL names the platform`;
    case "current":
      return `${name}, the one in use; choose another with: sealrun profile use NAME`;
  }
}

function describeFrom(from: string): string {
  return from === "SEALRUN_PROJECT" ? from : `the profile ${from}`;
}
