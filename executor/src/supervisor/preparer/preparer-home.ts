import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { PreparerSettings } from "../../between/preparer-settings.ts";
import { makeOwnFolder } from "../../child/own-folder.ts";
import { writeAccounts } from "../../isolation/accounts.ts";
import { isolate } from "../../isolation/isolate.ts";
import { findTun } from "../../isolation/tun.ts";
import { workerMounts } from "../../isolation/worker-mounts.ts";
import { removeFolder } from "../../workspace/remove-folder.ts";
import type { Places } from "../workers/open-places.ts";

type Command = readonly [string, ...string[]];

/** What one job has on this machine, from before its start until after its end. */
export interface PreparerHome {
  /** The only folder that it writes to. */
  readonly folder: string;
  /** The command that starts its program there. */
  readonly command: (program: Command) => Command;
  /** Removes what is left of it, and frees its user for another. Call it when none of its processes is alive. */
  readonly leave: () => Promise<void>;
}

/**
 * Makes a folder below `root` for one job, with a user that no other job has, and says how to start it: `program` is its
 * first file. It waits for a user.
 */
export async function makePreparerHome(
  root: string,
  given: {
    readonly settings: PreparerSettings;
    readonly filesDir: string;
    readonly places: Places;
    readonly program: string;
  },
): Promise<PreparerHome> {
  const { settings, filesDir, places, program } = given;
  const { sandbox, dependencies, npm, esbuild } = settings;
  const { place, giveBack } = await places.take();
  const user = place.kind === "own-user" ? place.user : undefined;
  let around: string | undefined;
  const leave = async (): Promise<void> => {
    try {
      if (around !== undefined) await removeFolder(around);
    } finally {
      giveBack();
    }
  };
  try {
    around = await makeOwnFolder(root, "job");
    const folder = join(around, "own");
    await mkdir(folder, { mode: 0o700 });
    if (user !== undefined) await chown(folder, user, user);
    if (place.kind === "shared" || sandbox.kind === "none") {
      return { folder, leave, command: (command) => ["setpriv", "--pdeathsig", "KILL", "--", ...command] };
    }
    const own = [npm, esbuild, dependencies.extraCaFile, dependencies.pip].filter((path) => path !== null);
    const isolation = {
      bubblewrap: sandbox.program,
      hostRoots: sandbox.hostRoots.map(({ path, link }) => ({ path, link })),
      hidden: sandbox.hidden,
      readOnly: [...workerMounts(settings, program, own), filesDir],
      writable: [folder],
      tun: await findTun(around, user),
      accounts: await writeAccounts(around),
      user,
    };
    return { folder, leave, command: (command) => isolate(isolation, command) };
  } catch (error) {
    await leave();
    throw error;
  }
}
