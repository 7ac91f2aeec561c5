import { cutEnd, SealrunError, showName, showNames } from "@sealrun/protocol";
import type { Environment } from "../setup/find-on-path.ts";
import { localProfile, type Profile, type Profiles } from "./file.ts";
import { readUrl } from "./url.ts";

/** A profile and its name. */
export interface NamedProfile {
  readonly name: string;
  readonly profile: Profile;
}

/** What a command line and its environment ask for. */
export interface Asked {
  /** `--profile`, or undefined: then the environment counts. */
  readonly name: string | undefined;
  readonly environment: Environment;
}

/** The platform that a command speaks to, and where each part of the answer comes from. */
export interface Target {
  readonly url: string;
  /** Why this platform. */
  readonly from: "--profile" | "SEALRUN_URL" | "current";
  /** The profile of this URL, whose token may be sent there. */
  readonly own: NamedProfile | undefined;
  readonly token: TokenSource | undefined;
  /** As written; not checked yet. */
  readonly fingerprint: { readonly text: string; readonly from: string } | undefined;
}

/** A project, and the variable or the profile that names it. */
export interface ChosenProject {
  readonly name: string;
  readonly from: string;
}

/** Where the token comes from. */
export type TokenSource =
  | { readonly kind: "environment"; readonly token: string }
  | { readonly kind: "stored"; readonly profile: string; readonly token: string }
  | { readonly kind: "command"; readonly profile: string; readonly command: string };

/** The platform that the environment or a profile names. `CONFIG_INVALID` when there is no such profile, or no platform. */
export function chooseTarget(known: Profiles, asked: Asked): Target {
  const { override, chosen, given } = look(known, asked);
  const url = given ?? urlOf(known, chosen);
  const own = ownProfile(known, { chosen, given });
  const token = override["SEALRUN_TOKEN"];
  const fingerprint = override["SEALRUN_FINGERPRINT"];
  const saved = own?.profile.fingerprint ?? known.pins[url];
  return {
    url,
    from: asked.name !== undefined ? "--profile" : given === undefined ? "current" : "SEALRUN_URL",
    own,
    token: token === undefined ? tokenOf(own) : { kind: "environment", token },
    fingerprint:
      fingerprint !== undefined
        ? { text: fingerprint, from: "SEALRUN_FINGERPRINT" }
        : saved === undefined
          ? undefined
          : { text: saved, from: `profiles.json, the keyring of ${url}` },
  };
}

/** The project of commands that get none: that of the environment or of the platform's profile. Undefined without it. */
export function chooseProject(known: Profiles, asked: Asked): ChosenProject | undefined {
  const looked = look(known, asked);
  const named = looked.override["SEALRUN_PROJECT"];
  if (named !== undefined) return { name: named, from: "SEALRUN_PROJECT" };
  const own = ownProfile(known, looked);
  return own?.profile.project === undefined ? undefined : { name: own.profile.project, from: own.name };
}

interface Looked {
  readonly override: Environment;
  readonly chosen: NamedProfile | undefined;
  /** The URL of the environment. */
  readonly given: string | undefined;
}

function look(known: Profiles, { name, environment }: Asked): Looked {
  if (name !== undefined) return { override: {}, chosen: requireProfile(known, name), given: undefined };
  const override = withoutEmpty(environment);
  const url = override["SEALRUN_URL"];
  const given = url === undefined ? undefined : readUrl(url, "SEALRUN_URL");
  return { override, chosen: currentProfile(known), given };
}

/** A token belongs to its URL: the token of another platform must not be sent there. */
function ownProfile(known: Profiles, { chosen, given }: Pick<Looked, "chosen" | "given">): NamedProfile | undefined {
  if (given === undefined) return chosen;
  return [chosen, ...namedProfiles(known)].find((candidate) => isOf(candidate, given));
}

/** The current profile: the chosen one, or the one named local. Undefined without it. */
export function currentProfile(known: Profiles): NamedProfile | undefined {
  const name = known.current ?? localProfile;
  return findProfile(known, name);
}

/** All profiles, in the order of the file. */
export function namedProfiles({ profiles }: Pick<Profiles, "profiles">): readonly NamedProfile[] {
  return Object.entries(profiles).map(([name, profile]) => ({ name, profile }));
}

/** The profile of that name; `CONFIG_INVALID` says which exist. */
export function requireProfile(known: Profiles, name: string): NamedProfile {
  const found = findProfile(known, name);
  if (found !== undefined) return found;
  throw new SealrunError("CONFIG_INVALID", `There is no profile ${showName(name)}; ${listKnown(known)}`);
}

function findProfile({ profiles }: Pick<Profiles, "profiles">, name: string): NamedProfile | undefined {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  return profile === undefined ? undefined : { name, profile };
}

function listKnown({ profiles }: Pick<Profiles, "profiles">): string {
  const names = Object.keys(profiles);
  return names.length === 0 ? "no profiles are saved yet" : `known are ${showNames(names)}`;
}

function urlOf(known: Profiles, chosen: NamedProfile | undefined): string {
  if (chosen !== undefined) return readUrl(chosen.profile.url, `The profile ${chosen.name}`);
  const names = Object.keys(known.profiles);
  throw new SealrunError(
    "CONFIG_INVALID",
    names.length === 0
      ? "No platform is known yet; sign in with: sealrun login URL, or start one with: sealrun dev"
      : `No profile is chosen; ${listKnown(known)}; choose one with: sealrun profile use NAME`,
  );
}

function isOf(candidate: NamedProfile | undefined, url: string): boolean {
  return candidate !== undefined && cutEnd(candidate.profile.url, "/") === url;
}

/** An empty variable counts as not set. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
}

function tokenOf(own: NamedProfile | undefined): TokenSource | undefined {
  if (own === undefined) return undefined;
  const { token = "", tokenCommand } = own.profile;
  if (tokenCommand !== undefined) return { kind: "command", profile: own.name, command: tokenCommand };
  return token === "" ? undefined : { kind: "stored", profile: own.name, token };
}
