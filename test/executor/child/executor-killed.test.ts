import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { programs } from "../../support/servers.ts";
import { processesWith, type SeenProcess } from "../processes.ts";
import { testRuntime } from "../run-package.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const holder = fileURLToPath(new URL("../hold-step.ts", import.meta.url));
/** A time to sleep that no other process has in its command line. */
const oddSeconds = (): string => `${randomInt(10_000, 90_000)}.${randomInt(1_000_000)}`;

/** Starts a process that runs a shell script as an executor does. */
function startHolder(root: string, script: string, slirp4netns: readonly string[] = []) {
  const runtime = JSON.stringify(testRuntime());
  const given = [programs().bwrap, runtime, root, script, ...slirp4netns];
  return spawn(process.execPath, ["--conditions=@sealrun/source", holder, ...given], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The processes of a script that have this text in their command line; that of the executor has the whole script. */
async function aliveWith(text: string): Promise<readonly SeenProcess[]> {
  return (await processesWith(text)).filter(({ commandLine }) => /^(?:sleep|[^\0]*python3?)\0/.test(commandLine));
}

test("runStep() leaves nothing alive when the executor itself is killed", async () => {
  await using root = await temporaryFolder();
  const seconds = oddSeconds();
  const script = `trap '' TERM HUP; setsid sleep ${seconds} & until kill -0 $!; do :; done; sleep 0.2; echo ready; sleep ${seconds}`;
  const child = startHolder(root.path, script);
  await once(child.stdout, "data");
  const alive = async (): Promise<number> => (await aliveWith(seconds)).length;
  // The second process starts after the line that the test waited for.
  await expect.poll(alive).toBe(2);
  child.kill("SIGKILL");
  await expect.poll(alive).toBe(0);
});

test("runStep() leaves no slirp4netns alive when the executor itself is killed, and starts nothing without one", async () => {
  await using root = await temporaryFolder();
  const seconds = oddSeconds();
  const { slirp4netns } = programs();
  const child = startHolder(root.path, `echo ready; sleep ${seconds}`, [slirp4netns ?? "/usr/bin/false"]);
  const carriers = async (): Promise<readonly number[]> => {
    const all = await processesWith("--disable-host-loopback");
    const parents = await Promise.all(
      all.map(async ({ id }) => readFile(`/proc/${id}/stat`, "latin1").catch(() => "")),
    );
    return all.flatMap(({ id }, place) => (parents[place]?.split(") ")[1]?.split(" ")[1] === `${child.pid}` ? id : []));
  };
  if (slirp4netns === null) {
    expect(await once(child, "exit")).toEqual([1, null]);
    return;
  }
  await once(child.stdout, "data");
  const [carrier = 0] = await carriers();
  expect(carrier).toBeGreaterThan(0);
  child.kill("SIGKILL");
  await expect
    .poll(async () => (await processesWith("--disable-host-loopback")).some(({ id }) => id === carrier))
    .toBe(false);
  await expect.poll(async () => (await aliveWith(seconds)).length).toBe(0);
});

/**
 * Makes the sandbox's first process forget that it ends with its parent: stops it with ptrace and has it call
 * prctl(PR_SET_PDEATHSIG, 0).
 */
const forgetParent = `import ctypes, errno, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
class Registers(ctypes.Structure):
  _fields_ = [(name, ctypes.c_ulonglong) for name in "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs".split()]
def ptrace(request, given=None):
  if libc.ptrace(ctypes.c_long(request), ctypes.c_long(1), None, given) < 0: raise OSError(ctypes.get_errno(), "ptrace")
def attack():
  before, forced, after = Registers(), Registers(), Registers()
  ptrace(16)
  os.waitpid(1, 0x40000000)
  ptrace(12, ctypes.byref(before))
  ptrace(12, ctypes.byref(forced))
  forced.rip -= 2
  forced.rax, forced.rdi, forced.rsi, forced.orig_rax = 157, 1, 0, 2**64 - 1
  ptrace(13, ctypes.byref(forced))
  ptrace(9)
  os.waitpid(1, 0x40000000)
  ptrace(12, ctypes.byref(after))
  ptrace(13, ctypes.byref(before))
  ptrace(17)
  return after.rax
try: print("prctl gave", attack(), flush=True)
except OSError as error: print(errno.errorcode[error.errno], flush=True)
time.sleep(float(sys.argv[1]))`;

test("runStep() lets no script survive its executor with ptrace of the sandbox's first process", async () => {
  await using root = await temporaryFolder();
  const seconds = oddSeconds();
  const script = `cat > /tmp/attack.py <<'END'\n${forgetParent}\nEND\nexec python3 /tmp/attack.py ${seconds}`;
  const child = startHolder(root.path, script);
  try {
    const [said] = await once(child.stdout, "data");
    expect(await aliveWith(seconds)).toHaveLength(1);
    child.kill("SIGKILL");
    await expect.poll(async () => (await aliveWith(seconds)).length, { timeout: 5_000 }).toBe(0);
    expect(String(said).trim()).toBe("EPERM");
  } finally {
    for (const { id } of await aliveWith(seconds)) process.kill(id, "SIGKILL");
  }
});
