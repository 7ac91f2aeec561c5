import { currentProfile, type NamedProfile, namedProfiles } from "./choose.ts";
import { localProfile, type Profile, type Profiles } from "./file.ts";

/** A platform that `sealrun dev` started. */
export interface DevPlatform {
  readonly url: string;
  readonly token: string;
  readonly fingerprint: string;
  readonly dataFolder: string;
}

/** The profiles with that of a new dev. */
export interface PlacedDev {
  readonly profiles: Profiles;
  readonly name: string;
  /** The profile that was current before and is not any longer; undefined without a change. */
  readonly before: string | undefined;
}

/**
 * Gives a dev the name local, or local-2 and so on while the devs of the earlier names still answer. It replaces only
 * profiles of devs that are gone, and its own earlier one. The one named local becomes current.
 */
export function placeDev(known: Profiles, dev: DevPlatform, answers: (candidate: NamedProfile) => boolean): PlacedDev {
  const name = freeName(known, dev, answers);
  const { url, token, fingerprint, dataFolder } = dev;
  const others = namedProfiles(known).filter((one) => one.name === name || one.profile.dev !== dataFolder);
  const profiles = Object.fromEntries(others.map((one) => [one.name, one.profile]));
  const earlier = namedProfiles(known).find((one) => one.profile.fingerprint === fingerprint)?.profile;
  const project = earlier?.project === undefined ? {} : { project: earlier.project };
  const before = currentProfile(known)?.name;
  const isCurrent = name === localProfile || before === undefined;
  return {
    name,
    before: isCurrent && before !== name && others.some((one) => one.name === before) ? before : undefined,
    profiles: {
      ...(isCurrent ? { current: name } : known.current === undefined ? {} : { current: known.current }),
      profiles: { ...profiles, [name]: { url, token, fingerprint, ...project, dev: dataFolder } },
      pins: { ...known.pins, [url]: fingerprint },
    },
  };
}

function freeName({ profiles }: Profiles, dev: DevPlatform, answers: (candidate: NamedProfile) => boolean): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? localProfile : `${localProfile}-${number}`;
    const profile = profiles[name];
    if (profile === undefined || isOwn(profile, dev)) return name;
    if (isOfDev({ name, profile }) && !answers({ name, profile })) return name;
  }
}

/** Nothing else listens on a dev's own port. */
function isOwn(profile: Profile, { url, dataFolder }: DevPlatform): boolean {
  return profile.dev === dataFolder || profile.url === url;
}

/** Only a dev writes a profile named local. */
export function isOfDev({ name, profile }: NamedProfile): boolean {
  return profile.dev !== undefined || name === localProfile;
}
