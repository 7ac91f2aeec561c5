import { SealrunError } from "@sealrun/protocol";
import { isolationArguments, systemArguments } from "./sandbox.ts";
import { readHostRoots } from "./host-roots.ts";
import { socketsFrom3 } from "./running-script.ts";
import { confine, filterArguments } from "./seccomp/confine.ts";
import { startProgram } from "./start-program.ts";

/**
 * Starts a program in the same kind of sandbox as scripts, with these namespaces; throws `SANDBOX_UNAVAILABLE`
 * with the reason and what to do.
 */
export async function probeSandbox(
  bubblewrap: string,
  namespaces: readonly string[] = isolationArguments,
): Promise<void> {
  const isolation = [...namespaces, ...systemArguments(await readHostRoots(), [])];
  const subprocess = startProgram(bubblewrap, [...isolation, ...filterArguments(3), "--", "/usr/bin/true"], {
    env: {},
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    reject: false,
    timeout: 10_000,
  });
  const [filterStream] = socketsFrom3(subprocess.stdio, 1);
  if (filterStream !== undefined) confine(subprocess.pid, filterStream);
  const result = await subprocess;
  if (!result.failed) return;
  const said = result.stderr.split("\n", 1)[0] ?? "";
  if (/Unknown option/i.test(said)) {
    throw new SealrunError(
      "SANDBOX_UNAVAILABLE",
      `${bubblewrap} is too old (${said}); install bubblewrap 0.8 or newer`,
      { cause: result },
    );
  }
  if (said.includes("PR_SET_SECCOMP")) {
    throw new SealrunError(
      "SANDBOX_UNAVAILABLE",
      `The kernel cannot filter system calls (${said}); use one with CONFIG_SECCOMP_FILTER, or start with --unsafe-no-sandbox where scripts are trusted`,
      { cause: result },
    );
  }
  throw new SealrunError(
    "SANDBOX_UNAVAILABLE",
    result.code === "ENOENT" || result.code === "EACCES"
      ? `${bubblewrap} cannot be started; install bubblewrap, or start with --unsafe-no-sandbox where scripts are trusted`
      : `No sandbox can be started here (${said}); allow unprivileged user namespaces, or start with --unsafe-no-sandbox where scripts are trusted`,
    { cause: result },
  );
}
