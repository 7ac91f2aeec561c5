import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readHostRoots } from "../../../executor/src/child/host-roots.ts";
import { createPipePool } from "../../../executor/src/child/output-pipes.ts";
import type { SelfAttackOptions } from "../../../executor/src/self-attack/self-attack.ts";
import { programs } from "../../support/servers.ts";
import type { WorkerSettings } from "../../../executor/src/between/worker-settings.ts";
import { testRuntime } from "../run-package.ts";
import { makeSettings, workerProgram } from "../supervisor/workers/run-in-worker.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** What the attack of a script needs, and that of a whole worker. */
interface Prepared extends SelfAttackOptions {
  readonly stateFile: string;
  readonly spool: string;
  readonly settings: WorkerSettings;
  readonly program: string;
}

/** Gives `work` what an executor's self-attack needs, below one folder, with this program for bubblewrap. */
export async function prepared<T>(
  weaken: string | undefined,
  work: (options: Prepared) => Promise<T>,
): Promise<{ readonly result: T; readonly left: readonly string[] }> {
  await using root = await temporaryFolder();
  const stateFile = join(root.path, "state.json");
  const spool = `${stateFile}.spool`;
  const workDir = join(root.path, "runs");
  await writeFile(stateFile, "private keys", { mode: 0o600 });
  await mkdir(spool, { mode: 0o700 });
  const weak = join(root.path, "bwrap");
  if (weaken !== undefined) await writeFile(weak, weakBubblewrap(weaken.replaceAll("STATE", stateFile)));
  if (weaken !== undefined) await chmod(weak, 0o755);
  const pipes = createPipePool(join(root.path, "pipes"));
  const program = weaken === undefined ? programs().bwrap : weak;
  const sandbox = { kind: "bubblewrap", program, hostRoots: await readHostRoots(), hidden: [] } as const;
  const made = await makeSettings(root.path, { isSandboxed: true });
  const settings = {
    ...made,
    sandbox: {
      ...sandbox,
      hostRoots: [...sandbox.hostRoots].map(({ path, link }) => (link === undefined ? { path } : { path, link })),
      hidden: [],
      slirp4netns: programs().slirp4netns ?? undefined,
    },
    workDir,
  };
  const common = { sandbox, runtime: testRuntime(), pipes, workDir, stateFile, spool };
  const executorUser = process.getuid?.() ?? 0;
  const result = await work({ ...common, executorUser, settings, program: workerProgram });
  await pipes.close();
  return { result, left: await readdir(workDir).catch(() => []) };
}

/**
 * Bubblewrap with other arguments for scripts: `weaken` changes the text of all of them, one on each line. Tries of networks
 * are left as they are, and workers cannot be started.
 */
function weakBubblewrap(weaken: string): string {
  return `#!/bin/bash
[[ " $* " != *" --json-status-fd 6 "* ]] || exec ${programs().bwrap} "$@"
given=$(printf '%s\\n' "$@" | sed '1,2d')
inner=$(tr '\\0' '\\n' <&6)
mapfile -t all < <(printf '%s\\n%s\\n' "$inner" "$given" | sed -z '${weaken}')
exec 6<&-
[[ " \${all[*]} " == *" --add-seccomp-fd "* ]] || exec 7<&-
exec ${programs().bwrap} "\${all[@]}"
`;
}

/** Shows the executor's keys in the sandbox. */
export const showKeys = "s#--remount-ro\\n/\\n#--ro-bind\\nSTATE\\nSTATE\\n&#";
