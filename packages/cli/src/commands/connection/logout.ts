import { Command } from "commander";
import type { Cli } from "../../command.ts";
import { currentProfile, requireProfile } from "../../profile/choose.ts";
import { changeProfiles, localProfile, readProfiles } from "../../profile/file.ts";

/** `sealrun logout`. */
export function logoutCommand(cli: Cli): Command {
  return new Command("logout")
    .description("Remove a profile and its token from this machine; the token stays valid on the platform")
    .option("--json", "print what was removed as JSON")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { environment, output } = cli;
      const known = await readProfiles(environment);
      const { name, profile } = requireProfile(known, cli.profileName() ?? known.current ?? localProfile);
      await changeProfiles(environment, (before) => {
        const { [name]: _removed, ...profiles } = before.profiles;
        const { current, ...rest } = before;
        return { ...rest, ...(current === undefined || current === name ? {} : { current }), profiles };
      });
      const isStored = profile.tokenCommand === undefined;
      if (json === true) return output.json({ profile: name, url: profile.url });
      output.line(`${output.paint("green", "removed")} the profile ${name} from this machine`);
      output.line(
        isStored
          ? `  its token stays valid on ${profile.url}; if it may have leaked, ask the platform's operator to replace it`
          : `  its token was never stored here, and stays valid on ${profile.url}`,
      );
      const next = currentProfile(await readProfiles(environment));
      if (next !== undefined) output.line(`  in use now: ${next.name}, ${next.profile.url}`);
    });
}
