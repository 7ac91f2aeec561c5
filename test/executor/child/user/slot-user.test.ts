import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { groupText, passwdText } from "../../../../executor/src/child/user/slot-user.ts";
import { openSlotUsers } from "../../../../executor/src/child/user/slot-users.ts";
import { type PackageOptions, runPackage } from "../../run-package.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const isRoot = process.getuid?.() === 0;
const range = { first: 71_600, count: 100 };

/** Runs a package as a user of its own; gives the user's id too. */
async function runAsUser(options: PackageOptions) {
  await using root = await temporaryFolder();
  const { users, close } = await openSlotUsers({ range, slots: 1, folder: root.path });
  const [user] = users;
  if (user === undefined) throw new TypeError("only root may choose a user");
  try {
    return { ...(await runPackage({ ...options, user })), id: user.id };
  } finally {
    close();
  }
}

/** The processes of users with ids from `from` to before `to`. */
async function processesOf(from: number, to: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const id of (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name))) {
    const status = await readFile(`/proc/${id}/status`, "latin1").catch(() => "");
    const user = Number(/^Uid:\t(\d+)\t/m.exec(status)?.[1]);
    if (user >= from && user < to) found.push(id);
  }
  return found;
}

/** What each line of Python prints; an error is printed by its name. */
const attempt = (...lines: readonly string[]): string =>
  [
    "import ctypes, os, pwd, resource, signal, socket, subprocess",
    "def attempt(action):",
    "  try: print(repr(action()))",
    "  except BaseException as error: print(type(error).__name__)",
    ...lines.map((line) => `attempt(lambda: ${line})`),
  ].join("\n");

test("passwdText() and groupText() name root and the user, and no other user of the host", () => {
  expect(
    passwdText(70_000)
      .split("\n")
      .map((line) => line.split(":", 3).join(":")),
  ).toEqual(["root:x:0", "sealrun:x:70000", ""]);
  expect(groupText(70_000)).toContain("sealrun:x:70000:\n");
});

/** Only root may choose a user; without one openSlotUsers() gives none. */
const asRoot = (): void => {
  test("becomeUser() gives a script a user with a name, a home and its own folder", async () => {
    const run = await runAsUser({
      files: {
        "main.sh": `id -u; id -un; id -G; cd ~ && touch a && cd /work && touch b && touch /dev/shm/c
          echo told > /dev/stderr; ls -ld /work b | cut -d' ' -f1,3; sealrun-context get NAME || true`,
      },
    });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain("told\n");
    expect(run.stdout.split("\n").slice(0, 5)).toEqual([
      String(run.id),
      "sealrun",
      String(run.id),
      "drwx------ sealrun",
      "-rw-r--r-- sealrun",
    ]);
  });

  test("becomeUser() runs Node with the SDK, TypeScript and Python as that user", async () => {
    const script = 'import { userInfo } from "node:os"; import { context } from "@sealrun/sdk";\n';
    const run = await runAsUser({
      files: {
        "main.ts": `${script}const name: string = userInfo().username; console.log(name, typeof context.secrets);`,
      },
    });
    expect(run).toMatchObject({ exitCode: 0, stdout: "sealrun object\n" });
    const python = await runAsUser({
      files: { "main.py": "import sealrun, os; print(os.getuid() == os.geteuid() > 0)" },
    });
    expect(python).toMatchObject({ exitCode: 0, stdout: "True\n" });
  });

  test("becomeUser() leaves nothing of root: no capability, no way back, no look into the first process", async () => {
    const run = await runAsUser({
      files: {
        "main.py": attempt(
          "os.setuid(0)",
          "os.setgroups([0])",
          "os.setresuid(-1, 0, -1)",
          "os.kill(1, signal.SIGTERM)",
          `open("/proc/1/environ").read()`,
          `os.readlink("/proc/1/root")`,
          `os.chown("/work", 0, 0)`,
          `os.chroot("/tmp")`,
          `ctypes.CDLL(None).ptrace(0x4206, 1, 0, 0)`,
          `sorted({line.split()[1] for line in open("/proc/self/status") if line.startswith("Cap")})`,
          `subprocess.run(["unshare", "-Ur", "true"], capture_output=True).returncode`,
          `open("/proc/sys/kernel/core_pattern", "w")`,
        ),
      },
    });
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout.trimEnd().split("\n")).toEqual([
      ...Array.from({ length: 8 }, () => "PermissionError"),
      "-1",
      "['0000000000000000']",
      "1",
      "OSError",
    ]);
  });

  test("becomeUser() makes a limit on processes count the script's own", async () => {
    const run = await runAsUser({
      files: {
        "main.py": attempt(
          "resource.setrlimit(resource.RLIMIT_NPROC, (8, 8))",
          "[subprocess.Popen(['sleep', '5']) for _ in range(20)]",
        ),
      },
    });
    expect(run.stdout).toBe("None\nBlockingIOError\n");
  });

  test("becomeUser() keeps the user of another slot from its processes, outside of any sandbox too", async () => {
    const other = (command: string): boolean =>
      spawnSync("setpriv", ["--reuid", "71999", "--regid", "71999", "--clear-groups", "sh", "-c", command]).status ===
      0;
    const reached: boolean[] = [];
    await runAsUser({
      files: { "main.sh": "echo ready; sleep 2" },
      onStdout: async () => {
        const [id] = await processesOf(range.first, range.first + range.count);
        expect(id).toBeDefined();
        reached.push(other(`kill -0 ${id}`), other(`cat /proc/${id}/environ`), other(`ls /proc/${id}/root/`));
      },
    });
    expect(reached).toEqual([false, false, false]);
  });
};

if (isRoot) describe("becomeUser()", asRoot);
