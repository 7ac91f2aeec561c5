import { join } from "node:path";

/** The paths of one `sealrun dev`. Deleting the folder resets everything. */
export interface DataFolder {
  readonly root: string;
  readonly adminTokenFile: string;
  readonly logs: string;
  readonly part: (name: "platform" | "keyring" | "executor") => string;
  readonly config: (name: "platform" | "keyring" | "executor") => string;
  readonly identity: (name: "platform" | "keyring") => string;
  readonly publicIdentity: (name: "platform" | "keyring") => string;
  readonly rootKey: (name: "platform" | "keyring") => string;
  readonly executorState: string;
  readonly enrolmentToken: string;
  /** Which `sealrun dev` uses the folder. */
  readonly runningDev: string;
}

/** Where the data is without `--data`, below the folder in which the command was typed. */
export const defaultDataFolder = ".sealrun";

/** The file that every folder has in which a platform was started. */
export const adminTokenName = "admin.token";

const ownNames = new Set(["executor", "keyring", "logs", "nats", "platform", "postgres", "public"]);

/** True for what `sealrun dev` puts into its data folder; a start that was killed leaves drafts with longer names. */
export function isOwnName(name: string): boolean {
  return ownNames.has(name) || /^(?:admin\.token|dev\.json|postgres\.new-)/.test(name);
}

/** The paths inside a data folder. */
export function layOutDataFolder(root: string): DataFolder {
  const part = (name: string): string => join(root, name);
  return {
    root,
    part,
    adminTokenFile: join(root, adminTokenName),
    logs: join(root, "logs"),
    config: (name) => join(part(name), "config.json"),
    identity: (name) => join(part(name), "identity.json"),
    publicIdentity: (name) => join(root, "public", `${name}.json`),
    rootKey: (name) => join(part(name), name === "platform" ? "storage.key" : "wrapping.key"),
    executorState: join(part("executor"), "state.json"),
    enrolmentToken: join(part("executor"), "enrolment.token"),
    runningDev: join(root, "dev.json"),
  };
}
