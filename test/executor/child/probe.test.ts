import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { probeSandbox } from "../../../executor/src/child/probe.ts";
import { programs } from "../../support/servers.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("probeSandbox() starts a sandbox", async () => {
  await expect(probeSandbox(programs().bwrap)).resolves.toBeUndefined();
});

test("probeSandbox() says what to install when bubblewrap is not there", async () => {
  await expect(probeSandbox("/nowhere/bwrap")).rejects.toMatchObject({
    code: "SANDBOX_UNAVAILABLE",
    message: expect.stringMatching(/^\/nowhere\/bwrap cannot be started; install bubblewrap, or /),
  });
});

test("probeSandbox() refuses a program that starts no sandbox", async () => {
  await expect(probeSandbox("/bin/false")).rejects.toMatchObject({ code: "SANDBOX_UNAVAILABLE" });
});

test("probeSandbox() says so when the kernel cannot filter system calls", async () => {
  await using folder = await temporaryFolder();
  const refused = join(folder.path, "bwrap");
  const said = "bwrap: Unable to set up system call filtering as requested: prctl(PR_SET_SECCOMP) reported EINVAL.";
  await writeFile(refused, `#!/bin/sh\necho "${said}" >&2\nexit 1\n`, { mode: 0o755 });
  await expect(probeSandbox(refused)).rejects.toMatchObject({
    code: "SANDBOX_UNAVAILABLE",
    message: expect.stringMatching(
      /^The kernel cannot filter system calls \(bwrap: .*; use one with CONFIG_SECCOMP_FILTER, or /,
    ),
  });
});

test("probeSandbox() starts its program under the filter of system calls", async () => {
  await using folder = await temporaryFolder();
  const telling = join(folder.path, "bwrap");
  // Bubblewrap itself, with a program that says in its error output whether it has a filter, and fails.
  const script = `#!/bin/sh
count=$# number=0
for one; do
  number=$((number + 1))
  [ $number -ne 1 ] || set --
  [ $number -eq $count ] || set -- "$@" "$one"
done
exec ${programs().bwrap} "$@" /bin/sh -c 'grep Seccomp: /proc/self/status >&2; exit 1'
`;
  await writeFile(telling, script, { mode: 0o755 });
  await expect(probeSandbox(telling)).rejects.toMatchObject({ message: expect.stringContaining("(Seccomp:\t2)") });
});

test("probeSandbox() says which version is needed when bubblewrap does not know an option", async () => {
  await using folder = await temporaryFolder();
  const old = join(folder.path, "bwrap");
  await writeFile(old, '#!/bin/sh\necho "bwrap: Unknown option --size" >&2\nexit 1\n', { mode: 0o755 });
  await expect(probeSandbox(old)).rejects.toMatchObject({
    code: "SANDBOX_UNAVAILABLE",
    message: expect.stringMatching(/ is too old .*; install bubblewrap 0\.8 or newer$/),
  });
});
