import { spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const startScript = fileURLToPath(new URL("../../../executor/src/bootstrap/start.sh", import.meta.url));

interface Started {
  readonly shell: string;
  /** The limits to set; by default none. */
  readonly limits?: string;
  /** The arguments after them. */
  readonly command: readonly string[];
  /** What the executor writes once the shell is ready, before it closes the descriptor. */
  readonly answer: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program through `start.sh` and plays the executor. */
async function start({ shell, limits = "", command, answer, env = {} }: Started) {
  const child = spawn(shell, [startScript, limits, ...command], { env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const frames = child.stdio[3];
  if (!(frames instanceof Socket) || child.stdout === null || child.stderr === null) throw new TypeError("no pipes");
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  let ready = "";
  frames.on("error", () => {});
  frames.on("data", (chunk: Buffer) => {
    ready += chunk.toString();
    if (ready === "ready\n") frames.end(answer);
  });
  const [code] = await once(child, "exit");
  const [stdout, stderr] = await output;
  return { code, ready, stdout, stderr };
}

const echo = ["/bin/sh", "--", "-c", "echo ran"];

describe.each(["/bin/dash", "/bin/bash", "/bin/sh"])("start.sh in %s", (shell) => {
  test("start.sh runs its program after go, with its arguments as they are", async () => {
    const command = ["/bin/sh", "--", "-c", 'printf "%s|" "$0" "$@"; exit 7', "a b", "--", "", "$x"];
    expect(await start({ shell, command, answer: "go\n" })).toEqual({
      code: 7,
      ready: "ready\n",
      stdout: "a b|--||$x|",
      stderr: "",
    });
  });

  test.each(["", "go", "g", "stop\n", "go \n", "\n", "going\n"])("start.sh runs nothing after %j", async (answer) => {
    const end = await start({ shell, command: echo, answer });
    expect(end).toEqual({ code: 70, ready: "ready\n", stdout: "", stderr: "" });
  });

  test("start.sh leaves the bytes after go to its program", async () => {
    const command = ["/bin/sh", "--", "-c", "head -c 5 <&3"];
    expect((await start({ shell, command, answer: "go\n1\n{}\n" })).stdout).toBe("1\n{}\n");
  });

  test("start.sh sets the limits of its program, and goes on when one is refused", async () => {
    const limits = "c=0 n=4096 t=77 d=900000 f=2048 u=5000 p=5000 x=none";
    const command = ["/bin/dash", "--", "-c", "ulimit -c; ulimit -n; ulimit -t; ulimit -d; ulimit -f; env"];
    const { stdout } = await start({ shell, limits, command, answer: "go\n" });
    expect(stdout.split("\n").slice(0, 5)).toEqual([
      "0",
      "4096",
      "77",
      "900000",
      expect.stringMatching(/^(?:2048|4096)$/),
    ]);
    expect(stdout).not.toMatch(/^sealrun_/m);
  });

  test("start.sh says that its program is missing before it is ready", async () => {
    const end = await start({ shell, command: ["/nowhere/python3", "--"], answer: "go\n" });
    expect(end).toEqual({ code: 69, ready: "", stdout: "", stderr: "" });
  });

  test("start.sh sets the variables that were held back, and adds none", async () => {
    const value = `a 'b' "c" $(echo d) \\`;
    const command = ["/usr/bin/env", "LD_LIBRARY_PATH", "PS4", "--"];
    const env = { OTHER: "x=y", SEALRUN_HELD_LD_LIBRARY_PATH: "/nowhere", SEALRUN_HELD_PS4: value };
    const { stdout } = await start({ shell, command, answer: "go\n", env });
    // Variables that a shell adds by itself.
    const lines = stdout.split("\n").filter((line) => !/^(?:PWD|OLDPWD|SHLVL|_)=|^$/.test(line));
    expect(lines.toSorted()).toEqual(["LD_LIBRARY_PATH=/nowhere", "OTHER=x=y", `PS4=${value}`]);
  });
});
