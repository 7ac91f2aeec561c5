import { sha256Hex } from "@sealrun/crypto";
import {
  type JsonValue,
  packageInfo,
  type PackageInfo,
  packageList,
  type PackageList,
  pushAnswer,
  type PushAnswer,
  type PushVersion,
} from "@sealrun/protocol";
import { type Ask, path } from "./request.ts";
import { sealSecrets } from "./seal.ts";
import { againWhenKeyChanged } from "./secrets.ts";
import type { Trust } from "./trust.ts";

/** One file of a package, in the order in which scripts run. */
export interface FileToPush {
  readonly path: string;
  readonly bytes: Uint8Array;
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
  /** Gets or makes the package, seals its secrets here, sends the rest. `SECRET_CHANGED` stores nothing. */
  pushPackage(input: PackageToPush): Promise<PushAnswer>;
  getPackage(project: string, name: string): Promise<PackageInfo>;
  listPackages(project: string): Promise<PackageList["packages"]>;
}

/** The calls about packages. */
export function createPackages(ask: Ask, trust: Trust): Packages {
  const push = async (input: PackageToPush): Promise<PushAnswer> => {
    const address = path`/projects/${input.project}/packages/${input.name}`;
    const info = await ask(packageInfo, { method: "PUT", path: address });
    const key = await trust.readKey(info.key, { scope: "service", ownerId: info.id });
    const secrets = sealSecrets(key, "service", input.secrets);
    const form = formOf(input.files, { secrets: [...secrets], overwrite: input.overwrite });
    return ask(pushAnswer, { method: "POST", path: `${address}/versions`, form });
  };
  return {
    pushPackage: async (input) => againWhenKeyChanged(async () => push(input)),
    getPackage: async (project, name) =>
      ask(packageInfo, { method: "GET", path: path`/projects/${project}/packages/${name}` }),
    listPackages: async (project) =>
      (await ask(packageList, { method: "GET", path: path`/projects/${project}/packages` })).packages,
  };
}

function formOf(files: readonly FileToPush[], rest: Pick<PushVersion, "secrets" | "overwrite">): FormData {
  const announced = files.map(({ path, bytes }) => ({ path, size: bytes.length, sha256: sha256Hex(bytes) }));
  const form = new FormData();
  form.append("version", JSON.stringify({ files: announced, ...rest } satisfies PushVersion));
  // The copy gives the bytes a buffer of their own, which a Blob asks for.
  for (const { path, bytes } of files) form.append("file", new Blob([new Uint8Array(bytes)]), path);
  return form;
}
