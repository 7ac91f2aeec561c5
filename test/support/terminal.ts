import { spawn } from "node:child_process";
import { type CommandOptions, sealrunProgram } from "./run-command.ts";

/** What is typed once the terminal shows a text. */
export interface Typed {
  readonly after: string;
  readonly keys: string;
}

/** How a command on a terminal ended and everything that the terminal showed. */
export interface Shown {
  readonly exitCode: number | null;
  readonly shown: string;
}

/** Runs `sealrun` on a pseudo terminal, which `script` of util-linux opens, and types each answer when it is asked for. */
export async function typeSealrun(
  args: readonly string[],
  typed: readonly Typed[],
  { env, cwd }: Omit<CommandOptions, "stdin">,
): Promise<Shown> {
  const command = [...sealrunProgram, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    cwd,
    env: { ...env, SHELL: "/bin/sh", TERM: "dumb" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = [...typed];
  let shown = "";
  let from = 0;
  child.stdin.on("error", () => undefined);
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString("utf8");
    const next = waiting[0];
    if (next === undefined || !shown.slice(from).includes(next.after)) return;
    waiting.shift();
    from = shown.length;
    child.stdin.write(next.keys);
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { exitCode, shown };
}
