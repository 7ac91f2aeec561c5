import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttackedExecutor, attackExecutor } from "./attacked-executor.ts";

let attacked: AttackedExecutor;
beforeAll(async () => {
  attacked = await attackExecutor();
});
afterAll(async () => attacked.close());

/** What a step leaves where its run has the next script. */
const replacements: readonly (readonly [what: string, command: string])[] = [
  ["a named pipe", "rm next.py; mkfifo next.py"],
  ["a folder", "rm next.py; mkdir next.py"],
  ["a device", "ln -sf /dev/zero next.py"],
  ["a link to a file of the worker", "ln -sf /proc/self/environ next.py"],
  ["a loop of links", "rm next.py; ln -s next.py next.py"],
  ["a socket", `rm next.py; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("next.py")'`],
  ["nothing", "rm next.py"],
];

describe("sealrun executor keeps its other runs from a package that fills its folder with traps", () => {
  test.each(replacements)("sealrun executor ends a run with %s in place of its next script", async (what, command) => {
    const { execution } = await attacked.attack({
      name: `next-is-${what.replaceAll(" ", "-")}`,
      files: { "main.sh": `${command}\n`, "next.py": "print('ran')\n" },
      manifest: { steps: [{ script: "main.sh", env: { ATTACK_MARK: attacked.mark } }, { script: "next.py" }] },
    });
    expect(execution.steps.map(({ status }) => status)).toEqual(["succeeded", "failed"]);
    expect(execution.error).toMatchObject({
      code: "PACKAGE_INVALID",
      message: expect.stringContaining("next.py is no longer a file that can be read"),
    });
  });

  test("sealrun executor removes folders whatever their names, modes, links and depth are", async () => {
    const { execution } = await attacked.attack({
      name: "names",
      files: {
        "main.py": `import os, socket
os.chdir(b"/work")
for name in (b"\\xff\\xfe", b"a\\nb", b"-rf", b"x" * 255, b" "): open(name, "w").close()
os.mkdir(b"\\xc3\\x28")
open(b"\\xc3\\x28/\\xff", "w").close()
os.link(b"-rf", b"hard")
os.mkfifo("pipe")
socket.socket(socket.AF_UNIX).bind("socket")
os.symlink("/", "root")
os.symlink("..", "up")
with open("sparse", "wb") as file: file.truncate(1 << 30)
for _ in range(2000):
  os.mkdir("deep")
  os.chdir("deep")
open("last", "w").close()
os.chdir("/work")
for name in (b"\\xc3\\x28", b"deep"): os.chmod(name, 0)`,
      },
    });
    expect(execution.status).toBe("succeeded");
  });

  test("sealrun executor follows no link that takes a folder's place while it is measured", async () => {
    const { execution } = await attacked.attack({
      name: "swapped-folder",
      manifest: { limits: { files: 1_000 } },
      files: {
        "main.py": `import os, time
os.makedirs("here/below")
end = time.monotonic() + 4
while time.monotonic() < end:
  os.rename("here", "away")
  os.symlink("/usr", "here")
  os.unlink("here")
  os.rename("away", "here")`,
      },
    });
    expect(execution.status).toBe("succeeded");
  });
});
