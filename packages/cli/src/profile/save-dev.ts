import { fetchPlatform } from "@sealrun/client";
import type { Environment } from "../setup/find-on-path.ts";
import { type NamedProfile, namedProfiles } from "./choose.ts";
import { changeProfiles, readProfiles } from "./file.ts";
import { type DevPlatform, isOfDev, placeDev, type PlacedDev } from "./place-dev.ts";

const patienceMs = 10_000;

/** Saves the profile of a dev that has started, and says how commands reach it. */
export async function saveDevProfile(environment: Environment, dev: DevPlatform): Promise<string> {
  const others = namedProfiles(await readProfiles(environment)).filter(isOfDev);
  const asked = await Promise.all(others.map(async (one) => ({ one, answers: await doesAnswer(one) })));
  let placed: PlacedDev | undefined;
  await changeProfiles(environment, (known) => {
    // A profile that another command has written meanwhile counts as one that answers.
    placed = placeDev(known, dev, (candidate) => asked.find(({ one }) => isSame(one, candidate))?.answers ?? true);
    return placed.profiles;
  });
  return placed === undefined ? "" : describePlaced(placed);
}

function describePlaced({ name, before, profiles }: PlacedDev): string {
  if (profiles.current !== name) return `Another sealrun dev is running: use this one with sealrun --profile ${name}`;
  if (before === undefined) return `Profile "${name}" is saved: other commands work at once`;
  return `Profile "${name}" is saved and in use now; go back with: sealrun profile use ${before}`;
}

function isSame(one: NamedProfile, other: NamedProfile): boolean {
  return one.name === other.name && one.profile.url === other.profile.url && one.profile.dev === other.profile.dev;
}

/** False when nothing listens there, or another platform does. One that is slow still answers. */
async function doesAnswer({ profile: { url, fingerprint } }: NamedProfile): Promise<boolean> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const found = await fetchPlatform({ url, fetch: async (address, init) => fetch(address, { ...init, signal }) });
    return found.keyring.fingerprint === fingerprint;
  } catch {
    return signal.aborted;
  }
}
