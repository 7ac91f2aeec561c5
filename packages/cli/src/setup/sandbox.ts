import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import type { PackageFetcher } from "./fetch-package.ts";
import { type Environment, findOnPath } from "./find-on-path.ts";
import { type ProgramResult, runProgram } from "./run-program.ts";

/** A folder or file of the host that the sandbox shows, read-only, at another path. */
export interface ReadOnlyMount {
  readonly hostPath: string;
  readonly sandboxPath: string;
}

/** What a program tried in the sandbox sees besides `/usr`. */
export interface SandboxTrial {
  readonly mounts?: readonly ReadOnlyMount[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Absolute path of a bubblewrap that has started a sandbox on this machine, from PATH, the cache, or fetched.
 * `SANDBOX_UNAVAILABLE` when the machine forbids what bubblewrap needs.
 */
export async function findBubblewrap(
  environment: Environment,
  packages: PackageFetcher,
  signal?: AbortSignal,
): Promise<string> {
  const installed = await findOnPath("bwrap", environment);
  if (installed !== undefined) {
    const result = await runInSandbox(installed, ["/usr/bin/true"], { signal });
    if (result.ok) return installed;
    // Another bubblewrap cannot help when the kernel refuses.
    if (isForbidden(result)) throw unavailable(result);
  }
  const folder = (await packages.cached("bubblewrap")) ?? (await packages.fetch("bubblewrap"));
  const fetched = join(folder, "usr/bin/bwrap");
  const result = await runInSandbox(fetched, ["/usr/bin/true"], { signal });
  if (result.ok) return fetched;
  throw unavailable(result);
}

/** Runs a command in a sandbox that shows `/usr` and the given mounts and nothing else of the host. */
export function runInSandbox(bwrap: string, command: readonly string[], trial: SandboxTrial): Promise<ProgramResult> {
  const variables = Object.entries(trial.environment ?? {}).flatMap(([name, value]) => ["--setenv", name, value]);
  const mounts = (trial.mounts ?? []).flatMap((mount) => ["--ro-bind", mount.hostPath, mount.sandboxPath]);
  const args = [
    ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"],
    ["--cap-drop", "ALL", "--clearenv", "--setenv", "PATH", "/usr/bin", ...variables],
    ["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"],
    ["--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
    [...mounts, "--chdir", "/", "--", ...command],
  ].flat();
  return runProgram(bwrap, args, { signal: trial.signal, timeoutMs: 20_000 });
}

function isForbidden(result: ProgramResult): boolean {
  return /namespace|not permitted|permission denied/i.test(result.stderr);
}

function unavailable(result: ProgramResult): SealrunError {
  const said = result.stderr.trim().split("\n").at(-1) ?? "";
  const advice = isForbidden(result)
    ? "allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, or the container's seccomp and AppArmor profile)"
    : "check that bubblewrap 0.8 or newer works";
  return new SealrunError("SANDBOX_UNAVAILABLE", `bubblewrap cannot start a sandbox here (${said}); ${advice}`);
}
