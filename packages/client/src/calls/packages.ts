import { sha256Hex } from "@sealrun/crypto";
import {
  type ChangePackage,
  isExecutable,
  type JsonValue,
  packageInfo,
  type PackageInfo,
  packageList,
  type PackageList,
  pushAnswer,
  type PushAnswer,
  type PushVersion,
  type RollBack,
  rolledBack,
  type RolledBack,
  versionInfo,
  type VersionInfo,
  versionList,
  type VersionList,
} from "@sealrun/protocol";
import { archivedQuery } from "../connection/query.ts";
import { type Ask, path, type ReadBytes } from "../connection/request.ts";
import { sealSecrets } from "./seal.ts";
import { retryWhenKeyChanged } from "./secrets.ts";
import type { Change } from "../connection/change.ts";
import type { Trust } from "../connection/trust.ts";

/** One file of a package, in the order in which scripts run. */
export interface FileToPush {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Its executable bit; without one, a file that starts with `#!` counts as a program. */
  readonly executable?: boolean | undefined;
}

/** A package to push. */
export interface PackageToPush {
  readonly project: string;
  readonly name: string;
  /** Without secrets.json. */
  readonly files: readonly FileToPush[];
  readonly secrets: ReadonlyMap<string, JsonValue>;
  /** Replace secrets that were changed on the platform since the last push. */
  readonly overwrite: boolean;
}

/** Packages. */
export interface Packages {
  /** Gets or creates the package, seals its secrets here and sends them with the files. `SECRET_CHANGED` stores nothing. */
  pushPackage(input: PackageToPush): Promise<PushAnswer>;
  getPackage(project: string, name: string): Promise<PackageInfo>;
  /** Archived ones only where they are asked for. */
  listPackages(project: string, options?: { readonly archived?: boolean }): Promise<PackageList["packages"]>;
  /** Renames or archives it; while it is archived, nothing of it starts and nothing is pushed to it. */
  changePackage(project: string, name: string, change: Change<ChangePackage>): Promise<PackageInfo>;
  /** The newest first. */
  listVersions(project: string, name: string): Promise<VersionList["versions"]>;
  getVersion(project: string, name: string, number: number): Promise<VersionInfo>;
  /** Makes the files of an earlier version the newest version again; secrets stay as they are. */
  rollBackPackage(place: VersionPlace): Promise<RolledBack>;
  /** One file of a version, as it was uploaded. `NOT_FOUND` for a path that the version does not have. */
  readVersionFile(place: VersionPlace, file: string, signal?: AbortSignal): Promise<Uint8Array>;
}

/** One version of a package. */
export interface VersionPlace {
  readonly project: string;
  readonly package: string;
  readonly number: number;
}

/** The calls about packages. */
export function createPackages(ask: Ask, trust: Trust, readBytes: ReadBytes): Packages {
  const push = async (input: PackageToPush): Promise<PushAnswer> => {
    const address = path`/projects/${input.project}/packages/${input.name}`;
    const info = await ask(packageInfo, { method: "PUT", path: address });
    const key = await trust.readKey(info.key, { scope: "service", ownerId: info.id });
    const secrets = sealSecrets(key, "service", input.secrets);
    const form = formOf(input.files, { secrets: [...secrets], overwrite: input.overwrite });
    return ask(pushAnswer, { method: "POST", path: `${address}/versions`, form });
  };
  return {
    pushPackage: async (input) => retryWhenKeyChanged(async () => push(input)),
    getPackage: async (project, name) =>
      ask(packageInfo, { method: "GET", path: path`/projects/${project}/packages/${name}` }),
    listPackages: async (project, options = {}) => {
      const address = path`/projects/${project}/packages` + archivedQuery(options);
      return (await ask(packageList, { method: "GET", path: address })).packages;
    },
    changePackage: async (project, name, json) =>
      ask(packageInfo, { method: "PATCH", path: path`/projects/${project}/packages/${name}`, json }),
    listVersions: async (project, name) => {
      const address = path`/projects/${project}/packages/${name}/versions`;
      return (await ask(versionList, { method: "GET", path: address })).versions;
    },
    getVersion: async (project, name, number) => {
      const address = path`/projects/${project}/packages/${name}/versions/${String(number)}`;
      return ask(versionInfo, { method: "GET", path: address });
    },
    rollBackPackage: async ({ project, package: name, number }) =>
      ask(rolledBack, {
        method: "POST",
        path: path`/projects/${project}/packages/${name}/rollback`,
        json: { to: number } satisfies RollBack,
      }),
    readVersionFile: async (place, file, signal) => {
      const version = path`/projects/${place.project}/packages/${place.package}/versions/${String(place.number)}`;
      const segments = file
        .split("/")
        .map((name) => path`${name}`)
        .join("/");
      return readBytes({ method: "GET", path: `${version}/files/${segments}`, accept: "*/*", signal });
    },
  };
}

function formOf(files: readonly FileToPush[], rest: Pick<PushVersion, "secrets" | "overwrite">): FormData {
  const announced = files.map(({ path, bytes, executable }) => ({
    path,
    size: bytes.length,
    sha256: sha256Hex(bytes),
    ...(isExecutable(bytes, executable) ? { executable: true } : {}),
  }));
  const form = new FormData();
  form.append("version", JSON.stringify({ files: announced, ...rest } satisfies PushVersion));
  // A Blob needs bytes with their own buffer, which the copy has.
  for (const { path, bytes } of files) form.append("file", new Blob([new Uint8Array(bytes)]), path);
  return form;
}
