import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileBundles } from "../../../../executor/src/bundle/compile.ts";
import { readHostRoots } from "../../../../executor/src/child/host-roots.ts";
import { runInstaller } from "../../../../executor/src/dependencies/installer.ts";
import { findNpm } from "../../../../executor/src/runtime-files.ts";
import { programs } from "../../../support/servers.ts";
import { esbuild, runPackage } from "../../run-package.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** Calls of the kernel without a C compiler: `call()` gives "OK" or the name of the error. */
const preamble = `import ctypes, errno, mmap, os, signal, socket, struct, subprocess, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *given):
  value = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(one) if isinstance(one, int) else one for one in given])
  return "OK" if value >= 0 else errno.errorcode[ctypes.get_errno()]
def room(size): return ctypes.create_string_buffer(size)
def failure(action):
  try: action()
  except OSError as error: return errno.errorcode[error.errno]
  return "OK"
`;

/** What Python gives for each expression, inside the sandbox of a script. */
async function evaluate(expressions: readonly string[]): Promise<readonly string[]> {
  const script = [preamble, ...expressions.map((text) => `print(${text})`)].join("\n");
  const run = await runPackage({ files: { "main.py": script } });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  return run.stdout.trimEnd().split("\n");
}

/**
 * What attacks use, by family. Each call is one that the kernel answers with something else than EPERM when there is no
 * filter, as far as there is such a call: mostly it succeeds, or its arguments are invalid.
 */
const attacks: readonly (readonly [family: string, expression: string])[] = [
  ["add_key", `call(248, b"user", b"of-a-run", b"x", 1, -2)`],
  ["request_key", `call(249, b"user", b"host-secret", 0, 0)`],
  ["keyctl", `call(250, 0, -4, 1)`],
  ["ptrace, of the sandbox's first process", `call(101, 0x4206, 1, 0, 0)`],
  ["process_vm_readv, of the sandbox's first process", `call(310, 1, 0, 0, 0, 0, 0)`],
  ["process_vm_writev, of the sandbox's first process", `call(311, 1, 0, 0, 0, 0, 0)`],
  ["process_madvise", `call(440, -1, 0, 0, 0, 0)`],
  ["pidfd_getfd", `call(438, -1, 0, 0)`],
  ["kcmp", `call(312, os.getpid(), os.getpid(), 1, 0, 0)`],
  ["io_uring_setup", `call(425, 1, room(120))`],
  ["io_uring_enter", `call(426, -1, 0, 0, 0, 0, 0)`],
  ["io_uring_register", `call(427, -1, 0, 0, 0)`],
  ["userfaultfd", `call(323, 1)`],
  ["unshare of a user namespace", `call(272, 0x10000000)`],
  ["unshare of the file system's state", `call(272, 0x200)`],
  ["setns", `call(308, -1, 0)`],
  ["clone with a new user namespace", `call(56, 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)`],
  ["mount", `call(165, 0, 0, 0, 0, 0)`],
  ["umount2", `call(166, 0, 0)`],
  ["chroot", `call(161, 0)`],
  ["open_tree", `call(428, -100, b"/", 0)`],
  ["fsconfig", `call(431, -1, 0, 0, 0, 0)`],
  ["mount_setattr", `call(442, -1, 0, 0, 0, 0)`],
  ["fsopen", `call(430, b"tmpfs", 0)`],
  ["open_by_handle_at", `call(304, -1, 0, 0)`],
  ["bpf", `call(321, 9999, 0, 0)`],
  ["perf_event_open", `call(298, 0, 0, -1, -1, 0)`],
  ["modify_ldt", `call(154, 0, room(16), 16)`],
  ["syslog", `call(103, 10, 0, 0)`],
  ["reboot", `call(169, 0, 0, 0, 0)`],
  ["init_module", `call(175, 0, 0, 0)`],
  ["kexec_load", `call(246, 0, 0, 0, 0)`],
  ["swapon", `call(167, 0, 0)`],
  ["a call of x32", `call(0x40000000 + 39)`],
];

describe("confine() refuses what a script needs for an attack on the kernel or its neighbours", () => {
  test("confine() fails each family of calls with EPERM", async () => {
    const seen = await evaluate(attacks.map(([, expression]) => expression));
    expect(attacks.map(([family], index) => [family, seen[index]])).toEqual(
      attacks.map(([family]) => [family, "EPERM"]),
    );
  });

  test("confine() fails sockets to the hypervisor and to the kernel, but not those that list addresses", async () => {
    const open = (family: number, kind: number, protocol: number): string =>
      `failure(lambda: socket.socket(${family}, ${kind}, ${protocol}))`;
    const seen = await evaluate([
      open(40, 1, 0),
      open(38, 5, 0),
      open(16, 3, 4),
      open(16, 3, 15),
      open(16, 3, 16),
      open(16, 3, 0),
      open(1, 1, 0),
      open(2, 1, 0),
      `failure(socket.socketpair)`,
      `len(socket.if_nameindex()) > 0`,
    ]);
    expect(seen).toEqual([...Array(5).fill("EAFNOSUPPORT"), "OK", "OK", "OK", "OK", "True"]);
  });

  test("confine() ends a process that calls the kernel as a 32-bit program", async () => {
    // mov eax, 20 (getpid of i386); int 0x80; ret
    const script = `${preamble}
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b814000000cd80c3"))
action = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
child = os.fork()
if child == 0: os._exit(0 if action() > 0 else 1)
_, status = os.waitpid(child, 0)
print(signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "reached")`;
    const { stdout, exitCode } = await runPackage({ files: { "main.py": script } });
    expect(exitCode).toBe(0);
    // SIGSEGV: this kernel has no calls of i386 at all.
    expect(stdout).toMatch(/^(?:SIGSYS|SIGSEGV)\n$/);
  });

  test("confine() gives all processes of a sandbox the filter, and /proc lets none be written into", async () => {
    const filters = (id: string): string =>
      `[line.split()[1] for line in open("/proc/${id}/status") if line.startswith("Seccomp:")]`;
    const seen = await evaluate([
      filters("self"),
      filters("1"),
      `failure(lambda: open("/proc/1/mem", "r+b"))`,
      `failure(lambda: open("/proc/self/mem", "r+b"))`,
    ]);
    expect(seen).toEqual(["['2']", "['2']", "EROFS", "EROFS"]);
  });

  test("confine() makes the kernel end scripts first when memory runs out, and no script can change that", async () => {
    const before = await readFile("/proc/self/oom_score_adj", "utf8");
    const seen = await evaluate([
      `open("/proc/self/oom_score_adj").read().strip()`,
      `open("/proc/1/oom_score_adj").read().strip()`,
      `subprocess.run(["cat", "/proc/self/oom_score_adj"], capture_output=True, text=True).stdout.strip()`,
      `failure(lambda: open("/proc/self/oom_score_adj", "w").write("0"))`,
    ]);
    expect(seen).toEqual(["1000", "1000", "1000", "EROFS"]);
    expect(await readFile("/proc/self/oom_score_adj", "utf8")).toBe(before);
  });

  test("runStep() makes the kernel end a script without a sandbox first too", async () => {
    const unsafe = await runPackage({ files: { "main.sh": "cat /proc/self/oom_score_adj" }, unsafe: true });
    expect(unsafe.stdout).toBe("1000\n");
  });
});

describe("confine() leaves what ordinary programs need", () => {
  test("confine() lets Python start threads, processes and pools, and look up names", async () => {
    const seen = await evaluate([
      `[thread.start() or thread.join() for thread in [threading.Thread(target=lambda: None)]]`,
      `subprocess.run(["true"]).returncode`,
      `__import__("multiprocessing").get_context("fork").Pool(2).map(abs, [-1, -2])`,
      `socket.gethostbyname("localhost")`,
      `len(socket.getaddrinfo("localhost", 80)) > 0`,
    ]);
    expect(seen).toEqual(["[None]", "0", "[1, 2]", "127.0.0.1", "True"]);
  });

  test("confine() lets Node start workers and processes, compress, and use files and the network", async () => {
    const script = `import { spawnSync } from "node:child_process"; import { createServer } from "node:http";
import { readFile, writeFile } from "node:fs/promises"; import { networkInterfaces } from "node:os";
import { gzipSync } from "node:zlib"; import { Worker } from "node:worker_threads"; import { once } from "node:events";
const worker = new Worker("require('node:worker_threads').parentPort.postMessage('worker')", { eval: true });
const [message] = await once(worker, "message");
await writeFile("a", "file");
const server = createServer((_, response) => response.end("fetched")).listen(0, "127.0.0.1");
await once(server, "listening");
const fetched = await (await fetch("http://127.0.0.1:" + server.address().port)).text();
server.closeAllConnections(); server.close();
console.log(message, await readFile("a", "utf8"), fetched, spawnSync("echo", ["child"]).stdout.toString().trim(),
  gzipSync("x").length > 0, Object.keys(networkInterfaces()).length > 0);`;
    const run = await runPackage({ files: { "main.mjs": script } });
    expect(run).toMatchObject({ exitCode: 0, stdout: "worker file fetched child true true\n", stderr: "" });
  });

  test("confine() lets git commit and clone", async () => {
    const script = `set -e
git init -q one; cd one; echo text > file; git add file
git -c user.name=a -c user.email=a@example.org commit -q -m first
cd ..; git clone -q --no-local one two; git -C two log --format=%s; cat two/file`;
    const run = await runPackage({ files: { "main.sh": script } });
    expect(run).toMatchObject({ exitCode: 0, stdout: "first\ntext\n", stderr: "" });
  });
});

describe("confine() of other sandboxes", () => {
  test("confine() gives an install the filter and the score, and none of its descriptors", async () => {
    await using root = await temporaryFolder();
    const code = `const fs = require("fs"); const status = fs.readFileSync("/proc/self/status", "utf8");
      const sockets = fs.readdirSync("/proc/self/fd").map(Number)
        .filter((fd) => { try { return fd > 2 && fs.fstatSync(fd).isSocket(); } catch { return false; } });
      console.log(/Seccomp:\\t(\\d)/.exec(status)[1], fs.readFileSync("/proc/self/oom_score_adj", "utf8").trim(), sockets);`;
    const end = await runInstaller(
      {
        sandbox: { kind: "bubblewrap", program: programs().bwrap, hostRoots: await readHostRoots(), hidden: [] },
        node: process.execPath,
        npm: findNpm(),
        python: undefined,
        pipWheel: undefined,
      },
      {
        folder: root.path,
        hasNetwork: false,
        signal: new AbortController().signal,
        command: (paths) => [paths.node, "-e", code],
        environment: () => ({}),
      },
    );
    expect(end).toMatchObject({ succeeded: true, stdout: "2 1000 []" });
  });

  test("confine() lets the compiler run under the filter", async () => {
    await using source = await temporaryFolder();
    await using output = await temporaryFolder();
    // Bubblewrap itself, with a note of its arguments.
    const noted = join(output.path, "arguments");
    const bubblewrap = join(output.path, "bwrap");
    await writeFile(bubblewrap, `#!/bin/sh\nprintf '%s ' "$@" > ${noted}\nexec ${programs().bwrap} "$@"\n`);
    await chmod(bubblewrap, 0o755);
    await writeFile(join(source.path, "main.ts"), "const a: number = 1; console.log(a);");
    const folders = { source: source.path, output: output.path };
    await compileBundles({ bubblewrap, esbuild }, { ...folders, hasNodeModules: false }, ["main.ts"]);
    expect(await readFile(join(output.path, ".sealrun.main.ts.mjs"), "utf8")).toContain("console.log");
    expect(await readFile(noted, "utf8")).toContain(" --add-seccomp-fd 3 ");
  });

  test("leaveUnconfined() lets the compiler run without a sandbox", async () => {
    await using source = await temporaryFolder();
    await using output = await temporaryFolder();
    await writeFile(join(source.path, "main.ts"), "const a: number = 1; console.log(a);");
    const folders = { source: source.path, output: output.path };
    await compileBundles({ bubblewrap: undefined, esbuild }, { ...folders, hasNodeModules: false }, ["main.ts"]);
    expect(await readFile(join(output.path, ".sealrun.main.ts.mjs"), "utf8")).toContain("console.log");
  });
});
