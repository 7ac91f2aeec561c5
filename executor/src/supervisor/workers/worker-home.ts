import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { workerStart } from "@sealrun/faults";
import type { WorkerSettings } from "../../between/worker-settings.ts";
import { createWorkerCgroup, type WorkerCgroup } from "../../child/limits/worker-cgroup.ts";
import { makeOwnFolder } from "../../child/own-folder.ts";
import { writeAccounts } from "../../isolation/accounts.ts";
import { isolate, type Isolation } from "../../isolation/isolate.ts";
import { findTun } from "../../isolation/tun.ts";
import { workerMounts } from "../../isolation/worker-mounts.ts";
import { makeReadableFolder } from "../../workspace/readable-folder.ts";
import { removeFolder } from "../../workspace/remove-folder.ts";

/**
 * What keeps a worker from its supervisor: a user of its own and own namespaces, own namespaces alone, or nothing, so that
 * a worker could do what its supervisor can.
 */
export type WorkerPlace =
  | { readonly kind: "own-user"; readonly user: number }
  | { readonly kind: "own-namespaces" }
  | { readonly kind: "shared" };

type Command = readonly [string, ...string[]];

/** What one worker has on this machine, from before its start until after its end. */
export interface WorkerHome {
  /** The settings with its own folders. */
  readonly settings: WorkerSettings;
  /** Whether it is in namespaces of its own. */
  readonly isSeparate: boolean;
  /** The command that starts its program there. */
  readonly command: (program: Command) => Command;
  /** Removes what is left of it. Call it when none of its processes is alive. */
  readonly leave: () => Promise<void>;
}

/** Makes a worker's folders and its cgroup, and says how to start it: `program` is its first file. */
export async function makeHome(
  settings: WorkerSettings,
  given: { readonly place: WorkerPlace; readonly program: string },
): Promise<WorkerHome> {
  const { place, program } = given;
  const { sandbox } = settings;
  const user = place.kind === "own-user" ? place.user : undefined;
  const folder = await makeOwnFolder(settings.workDir, "worker");
  const own = join(folder, "own");
  // The supervisor alone writes there: what a worker wrote, another would run.
  const caches = ["files", "bundles", "dependencies"].map((name) => join(settings.cacheDir, name));
  let cgroup: WorkerCgroup | undefined;
  const leave = async (): Promise<void> => {
    await cgroup?.remove();
    await removeFolder(folder);
  };
  try {
    for (const cache of caches) await makeReadableFolder(cache);
    await mkdir(own, { mode: 0o700 });
    if (user !== undefined) await chown(own, user, user);
    cgroup =
      sandbox.kind === "none" || sandbox.cgroup === undefined ? undefined : createWorkerCgroup(sandbox.cgroup, user);
    const isolation: Isolation | undefined =
      place.kind === "shared" || sandbox.kind === "none"
        ? undefined
        : {
            bubblewrap: sandbox.program,
            hostRoots: sandbox.hostRoots.map(({ path, link }) => ({ path, link })),
            hidden: sandbox.hidden,
            readOnly: [...workerMounts(settings, program), ...caches],
            writable: [own, ...workerStart().folders, ...(cgroup === undefined ? [] : [cgroup.delegated.folder])],
            tun: await findTun(folder, user),
            accounts: await writeAccounts(folder),
            user,
          };
    return {
      settings: {
        ...settings,
        sandbox: sandbox.kind === "none" ? sandbox : { ...sandbox, cgroup: cgroup?.delegated },
        workDir: join(own, "work"),
        pipesDir: join(own, "pipes"),
      },
      isSeparate: isolation !== undefined,
      command: (command) => {
        const started: Command =
          isolation === undefined ? ["setpriv", "--pdeathsig", "KILL", "--", ...command] : isolate(isolation, command);
        return cgroup === undefined ? started : enter(cgroup.entrance, started);
      },
      leave,
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** The process is in the cgroup before it starts another, which is in it from its start. */
function enter(entrance: string, command: Command): Command {
  return ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', entrance, ...command];
}
