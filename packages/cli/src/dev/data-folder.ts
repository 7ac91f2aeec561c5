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
}

/** The paths inside a data folder. */
export function layOutDataFolder(root: string): DataFolder {
  const part = (name: string): string => join(root, name);
  return {
    root,
    part,
    adminTokenFile: join(root, "admin.token"),
    logs: join(root, "logs"),
    config: (name) => join(part(name), "config.json"),
    identity: (name) => join(part(name), "identity.json"),
    publicIdentity: (name) => join(root, "public", `${name}.json`),
    rootKey: (name) => join(part(name), name === "platform" ? "storage.key" : "wrapping.key"),
    executorState: join(part("executor"), "state.json"),
    enrolmentToken: join(part("executor"), "enrolment.token"),
  };
}
