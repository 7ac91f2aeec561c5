import { changeProfiles, type Profile } from "../../packages/cli/src/profile/file.ts";
import type { Person } from "./run-here.ts";

/** Saves a profile as `sealrun login` would. */
export async function saveProfile({ home }: Pick<Person, "home">, name: string, profile: Profile): Promise<void> {
  await changeProfiles({ HOME: home }, (known) => ({ ...known, profiles: { ...known.profiles, [name]: profile } }));
}
