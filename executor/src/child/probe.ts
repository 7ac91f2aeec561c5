import { SealrunError } from "@sealrun/protocol";
import { isolationArguments, systemArguments } from "./sandbox.ts";
import { readHostRoots } from "./host-roots.ts";
import { startProgram } from "./start-program.ts";

/**
 * Starts a program in the same kind of sandbox as scripts; throws `SANDBOX_UNAVAILABLE` with the reason and what to do.
 */
export async function probeSandbox(bubblewrap: string): Promise<void> {
  const result = await startProgram(
    bubblewrap,
    [...isolationArguments, ...systemArguments(await readHostRoots(), []), "--", "/usr/bin/true"],
    { env: {}, cwd: "/", stdin: "ignore", reject: false, timeout: 10_000 },
  );
  if (!result.failed) return;
  const said = result.stderr.split("\n", 1)[0] ?? "";
  if (/Unknown option/i.test(said)) {
    throw new SealrunError(
      "SANDBOX_UNAVAILABLE",
      `${bubblewrap} is too old (${said}); install bubblewrap 0.8 or newer`,
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
