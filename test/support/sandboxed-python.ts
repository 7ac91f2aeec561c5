import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inject } from "vitest";
import "./provided.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The Python that runs are given, where they are given it: in a sandbox, with the SDK, the bootstraps and the vectors. */
export async function runPython(
  parameters: readonly string[],
  input = "",
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const { bwrap, python: found } = inject("programs");
  const shown = ["packages/sdk-python", "executor/src/bootstrap", "test/vectors"].map((path) => [
    join(root, path),
    join("/repository", path),
  ]);
  const mounts = [...found.mounts.map((mount) => [mount.hostPath, mount.sandboxPath]), ...shown];
  const sandbox = [
    ["--unshare-user", "--unshare-pid", "--die-with-parent", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
    ["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"],
    ["--symlink", "usr/lib64", "/lib64", ...mounts.flatMap((mount) => ["--ro-bind", ...mount])],
    ["--chdir", "/repository/packages/sdk-python", "--", found.interpreter, "-B", ...parameters],
  ].flat();
  const running = promisify(execFile)(bwrap, sandbox, { env: { PATH: "/usr/bin", ...found.environment } });
  running.child.stdin?.end(input);
  return running;
}
