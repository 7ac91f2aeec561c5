import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { barePython } from "../../support/bare-python.ts";
import { processesNaming } from "../../support/processes.ts";
import { programs } from "../../support/servers.ts";
import { type AttackedExecutor, attackExecutor } from "./attacked-executor.ts";

let attacked: AttackedExecutor;
beforeAll(async () => {
  attacked = await attackExecutor();
});
afterAll(async () => attacked.close());

/** Calls of the kernel without a C compiler: `call()` gives "OK" or the name of the error. */
const preamble = `import ctypes, errno, os, signal, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *given):
  value = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(one) if isinstance(one, int) else one for one in given])
  return "OK" if value >= 0 else errno.errorcode[ctypes.get_errno()]
`;

/** The keyring of this user, made by the kernel when it is first asked for. */
const userKeyring = -4;

describe("sealrun executor keeps scripts from what is outside of their sandbox", () => {
  test("sealrun executor gives a script no key of its user's keyring, and none that another run left", async () => {
    const host = `${preamble}
print(call(248, b"user", b"host-secret-of-operator", b"canary", 6, ${userKeyring}))
print(call(250, 10, ${userKeyring}, b"user", b"host-secret-of-operator", 0))`;
    const { program, env } = await barePython(programs().python);
    const outside = spawnSync(program, ["-c", host], { env, encoding: "utf8" });
    expect(outside).toMatchObject({ status: 0, stdout: "OK\nOK\n" });
    const tries = [
      `call(250, 0, ${userKeyring}, 1)`,
      `call(250, 10, ${userKeyring}, b"user", b"host-secret-of-operator", 0)`,
      `call(250, 8, ${userKeyring}, -2)`,
      `call(249, b"user", b"host-secret-of-operator", 0, ${userKeyring})`,
      `call(248, b"user", b"left-by-a-run", b"x", 1, ${userKeyring})`,
    ];
    const { execution, lines } = await attacked.attack({
      name: "keyrings",
      files: { "main.py": [preamble, ...tries.map((text) => `print(${text})`)].join("\n") },
    });
    expect(execution.status).toBe("succeeded");
    expect(lines).toEqual(tries.map(() => "EPERM"));
  });

  test("sealrun executor shows a sandbox no path of the host but those of its own mounts and pipes", async () => {
    const { execution, lines } = await attacked.attack({
      name: "host-paths",
      files: {
        "main.py": `import glob, os
folder = os.environ["HOST_FOLDER"]
def read(path):
  try: return open(path, "rb").read().decode(errors="replace").split("\\n")
  except OSError: return []
def link(path):
  try: return [os.readlink(path)]
  except OSError: return []
texts = [(path, line) for path in glob.glob("/proc/[0-9]*/*") + glob.glob("/proc/*") for line in read(path)]
texts += [(path, line) for name in ("fd/*", "cwd", "exe", "root") for path in glob.glob("/proc/[0-9]*/" + name) for line in link(path)]
for path, line in sorted(set((path.split("/")[-1], line) for path, line in texts)):
  if folder in line and path != "environ": print(path, line)
print("first", open("/proc/1/cmdline").read().split("\\0")[0])`,
      },
      env: { HOST_FOLDER: attacked.cluster.folder },
    });
    expect(execution.status).toBe("succeeded");
    // What is mounted, and the pipes of its output; neither of another run, nor of another part.
    const found = lines.slice(0, -1);
    const others = found.filter(
      (line) =>
        !/^(?:mountinfo|[124]) /.test(line) ||
        /platform-|keyring-|state\.json|spool/.test(line) ||
        [...line.matchAll(/exe_[a-z0-9]+/g)].some(([id]) => id !== execution.id),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(others).toEqual([]);
    // Its path can be one of the executor's own folders.
    expect(lines.at(-1)).toBe("first bwrap");
  });

  test("sealrun executor writes no core file of a script that crashes", async () => {
    const { execution, lines } = await attacked.attack({
      name: "core-file",
      files: {
        "main.py": `import glob, os, resource, signal
if os.fork() == 0:
  try: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
  except (OSError, ValueError) as error: print(type(error).__name__, flush=True)
  os.kill(os.getpid(), signal.SIGSEGV)
_, status = os.wait()
print(os.WCOREDUMP(status), glob.glob("/work/core*"), glob.glob("/tmp/core*"))`,
      },
    });
    expect(execution.status).toBe("succeeded");
    expect(lines).toEqual([expect.stringMatching(/Error$/), "False [] []"]);
  });
});

/** Makes whatever it can outlive its executor: ptrace of the first process, daemons, and signals that are ignored. */
const survive = `${preamble}
print("ptrace", call(101, 0x4206, 1, 0, 0), call(101, 16, 1, 0, 0), call(311, 1, 0, 0, 0, 0, 0), flush=True)
for number in range(1, 32):
  if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD): signal.signal(number, signal.SIG_IGN)
libc.prctl(1, 0)
for _ in range(2):
  if os.fork() == 0:
    os.setsid()
    libc.prctl(1, 0)
    if os.fork() == 0: os.setsid()
    break
while True: time.sleep(600)
`;

test("sealrun executor that is killed leaves no script behind, whatever the script did to outlive it", async () => {
  const { cluster, part, mark, begin, printed } = attacked;
  const id = await begin({ name: "survivor", files: { "main.py": survive } });
  expect(await printed(id)).toEqual(["ptrace EPERM EPERM EPERM"]);
  expect((await processesNaming(mark)).length).toBeGreaterThan(3);
  await part.kill("SIGKILL");
  await expect.poll(async () => processesNaming(mark)).toEqual([]);
  await part.start();
  expect(await cluster.failures([await cluster.run("neighbour")])).toEqual([]);
  expect((await cluster.end(id)).status).toBe("lost");
});
