import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isolationArguments, sandboxArguments, systemArguments } from "../../../executor/src/child/sandbox.ts";
import { type PackageOptions, runPackage, testRuntime } from "../run-package.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const rootKey = "root-key-bytes-that-no-script-may-see";

/**
 * Runs Python in the sandbox; each line of `attempts` is tried alone, and what it gives is printed, or the error's
 * name.
 */
async function attempt(
  attempts: readonly string[],
  options: Pick<PackageOptions, "hidden" | "limits"> = {},
): Promise<readonly string[]> {
  const lines = attempts.map((code) => `attempt(lambda: ${code})`);
  const script = [
    "import os, signal, socket, ctypes, glob, subprocess",
    "def attempt(action):",
    "  try: print(repr(action()))",
    "  except BaseException as error: print(type(error).__name__)",
    ...lines,
  ].join("\n");
  const run = await runPackage({ files: { "main.py": script }, ...options });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  return run.stdout.trimEnd().split("\n");
}

describe("sandboxArguments() hides the host", () => {
  test("sandboxArguments() hides a root key, another run's folder and the home folder", async () => {
    await using outside = await temporaryFolder();
    const keyFile = join(outside.path, "root.key");
    const otherRun = join(outside.path, "exe_1-1-2.3-abc/work");
    await mkdir(otherRun, { recursive: true });
    await writeFile(keyFile, rootKey);
    await writeFile(join(otherRun, "data.txt"), rootKey);
    const home = homedir();
    const seen = await attempt([
      `open(${JSON.stringify(keyFile)}).read()`,
      `open("/work/../../../../../..${keyFile}").read()`,
      `open("/proc/self/root${keyFile}").read()`,
      `open("/proc/1/root${keyFile}").read()`,
      `open("/proc/1/cwd/..${keyFile}").read()`,
      `os.listdir(${JSON.stringify(otherRun)})`,
      `os.listdir(${JSON.stringify(join(home, ".ssh"))})`,
      `open("/etc/shadow").read()`,
      `os.listdir("/etc/ssl/private")`,
      `os.listdir("/var")`,
      `os.listdir("/run")`,
    ]);
    for (const line of seen) expect(line).toMatch(/^(FileNotFoundError|PermissionError)$/);
  });

  test("sandboxArguments() hides the executor's processes, their environments and their memory", async () => {
    const victim = spawn("sleep", ["1000"], { env: { ROOT_KEY: rootKey }, stdio: "ignore" });
    try {
      const seen = await attempt([
        ...[process.pid, victim.pid].flatMap((id) => [
          `open("/proc/${id}/environ").read()`,
          `open("/proc/${id}/maps").read()`,
          `open("/proc/${id}/mem", "rb").read(1)`,
          `os.kill(${id}, signal.SIGUSR1)`,
        ]),
        `[text for text in (open(path).read() for path in glob.glob("/proc/[0-9]*/environ")) if "ROOT_KEY" in text]`,
        `all(int(path.split("/")[2]) < 100 for path in glob.glob("/proc/[0-9]*"))`,
      ]);
      expect(seen.slice(0, 8).filter((line) => !/^(FileNotFoundError|ProcessLookupError)$/.test(line))).toEqual([]);
      expect(seen.slice(8)).toEqual(["[]", "True"]);
    } finally {
      victim.kill("SIGKILL");
    }
  });

  test("sandboxArguments() shows of / and /etc what is named and nothing else", async () => {
    const [root, etc, ssl, home] = await attempt([
      `sorted(os.listdir("/"))`,
      `sorted(os.listdir("/etc"))`,
      `sorted(os.listdir("/etc/ssl"))`,
      `sorted(os.listdir(os.environ["HOME"]))`,
    ]);
    const named = (list: string | undefined): readonly string[] => list?.match(/[\w.-]+/g) ?? [];
    const roots = [
      "bin",
      "dev",
      "etc",
      "lib",
      "lib32",
      "lib64",
      "node_modules",
      "opt",
      "proc",
      "sbin",
      "tmp",
      "usr",
      "work",
    ];
    const pythonRoots = (testRuntime().python?.mounts ?? []).map(({ sandboxPath }) => sandboxPath.split("/")[1]);
    for (const name of named(root)) expect([...roots, ...pythonRoots]).toContain(name);
    const allowed =
      "hosts resolv.conf nsswitch.conf passwd group ssl ca-certificates alternatives ld.so.cache localtime";
    for (const name of named(etc)) expect(allowed.split(" ")).toContain(name);
    for (const name of named(ssl)) expect(["certs", "openssl.cnf"]).toContain(name);
    expect(home).toBe("[]");
  });

  test("sandboxArguments() lets a script write only to its own folder and /tmp", async () => {
    const seen = await attempt([
      ...[
        "/",
        "/usr/",
        "/usr/local/bin/",
        "/etc/",
        "/opt/sealrun/bootstrap/",
        "/node_modules/@sealrun/sdk/",
        "/opt/sealrun/bin/",
      ].map((folder) => `open("${folder}planted", "w").write("x")`),
      `open("/opt/sealrun/bin/node", "r+b").write(b"x")`,
      `open("/work/written", "w").write("x")`,
      `open("/tmp/written", "w").write("x")`,
      `open("/dev/shm/written", "w").write("x")`,
    ]);
    for (const line of seen.slice(0, 8)) expect(line).toMatch(/^(OSError|PermissionError)$/);
    expect(seen.slice(8)).toEqual(["1", "1", "1"]);
  });

  test("sandboxArguments() gives a script no way to more rights", async () => {
    const seen = await attempt([
      `subprocess.run(["unshare", "--user", "true"], stderr=subprocess.DEVNULL).returncode != 0`,
      `subprocess.run(["mount", "-t", "tmpfs", "none", "/work"], stderr=subprocess.DEVNULL).returncode != 0`,
      `subprocess.run(["mount", "-o", "remount,rw,bind", "/usr"], stderr=subprocess.DEVNULL).returncode != 0`,
      `[line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm", "CapBnd"))]`,
      `[line.split()[1] for line in open("/proc/self/status") if line.startswith("NoNewPrivs")]`,
      `os.getuid()`,
    ]);
    const none = "'0000000000000000'";
    expect(seen).toEqual(["True", "True", "True", `[${none}, ${none}, ${none}]`, "['1']", "65534"]);
  });

  test("sandboxArguments() lets no script change the kernel's settings, also when the executor is root", async () => {
    const writable = `[path for path in glob.glob("/proc/sys/**", recursive=True) if os.path.isfile(path) and can_write(path)]`;
    const run = await runPackage({
      files: {
        "main.py": [
          "import glob, os",
          "def can_write(path):",
          "  try: os.close(os.open(path, os.O_WRONLY)); return True",
          "  except OSError: return False",
          `print(${writable})`,
          `print([path for path in ("/proc/sysrq-trigger", "/proc/self/oom_score_adj") if can_write(path)])`,
          `print(len(glob.glob("/proc/sys/kernel/*")) > 10)`,
        ].join("\n"),
      },
    });
    expect(run).toMatchObject({ exitCode: 0, stdout: "[]\n[]\nTrue\n" });
  });

  test("sandboxArguments() gives a script only its five descriptors", async () => {
    const [open] = await attempt([`sorted(int(name) for name in os.listdir("/proc/self/fd") if int(name) < 100)`]);
    // The sixth descriptor is that of the folder that is being listed.
    expect(open).toBe("[0, 1, 2, 3, 4, 5]");
  });

  test("sandboxArguments() gives /tmp and /dev/shm a size, and lets nothing else in memory be written", async () => {
    const write = (path: string, bytes: number): string =>
      `open(${JSON.stringify(path)}, "wb").write(bytes(${bytes})) and "written"`;
    const errorOf = (action: string): string =>
      `(lambda: [exec(${JSON.stringify(`try:\n  ${action}\nexcept OSError as error:\n  name = errno.errorcode[error.errno]`)}, (seen := {"errno": __import__("errno"), "name": "OK"})), seen["name"]][1])()`;
    const seen = await attempt(
      [
        ...["/tmp/a", "/dev/shm/a"].flatMap((path) => [
          write(path, 1024 * 1024),
          errorOf(write(path, 4 * 1024 * 1024)),
        ]),
        ...["/dev/a", "/usr/local/share/a", "/a", "/opt/a"].map((path) => errorOf(write(path, 1))),
      ],
      { limits: { tmpBytes: 2 * 1024 * 1024 }, hidden: ["/usr/local/share"] },
    );
    const isFull = ["'written'", "'ENOSPC'"];
    expect(seen).toEqual([...isFull, ...isFull, "'EROFS'", "'EROFS'", "'EROFS'", "'EROFS'"]);
  });

  test("sandboxArguments() hides the kernel's lists of keys, and where bubblewrap is on the host", async () => {
    const seen = await attempt([
      `open("/proc/keys").read()`,
      `open("/proc/key-users").read()`,
      `open("/proc/1/cmdline").read().split("\\0")[0]`,
    ]);
    expect(seen).toEqual(["PermissionError", "PermissionError", "'bwrap'"]);
  });

  test("sandboxArguments() resolves host names", async () => {
    const [address] = await attempt([`socket.gethostbyname("localhost")`]);
    expect(address).toBe("'127.0.0.1'");
  });
});

describe("systemArguments()", () => {
  test("systemArguments() covers hidden folders under /usr, after /usr itself", () => {
    const list = systemArguments([], ["/usr/local/sealrun", "/var/lib/sealrun"]).join(" ");
    expect(list).toContain("--ro-bind /usr /usr --tmpfs /usr/local/sealrun --remount-ro /usr/local/sealrun ");
    expect(list).not.toContain("/var/lib/sealrun");
  });

  test("systemArguments() binds /bin where it is a folder and links it where it is a link", () => {
    const list = systemArguments(
      [
        { path: "/bin", link: "usr/bin" },
        { path: "/lib", link: undefined },
      ],
      [],
    ).join(" ");
    expect(list).toContain("--symlink usr/bin /bin --ro-bind /lib /lib");
  });
});

describe("sandboxArguments()", () => {
  test("sandboxArguments() isolates first and sets the whole environment", () => {
    const runtime = testRuntime();
    const list = sandboxArguments({ runtime, hostRoots: [], hidden: [], workFolder: "/w", env: { A: "1", B: "" } });
    expect(list.slice(0, isolationArguments.length)).toEqual(isolationArguments);
    expect(list.slice(-6)).toEqual(["--setenv", "A", "1", "--setenv", "B", ""]);
  });
});
