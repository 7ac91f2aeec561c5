import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOnPath } from "../../packages/cli/src/setup/find-on-path.ts";
import { commandEnvironment } from "../support/dev-process.ts";
import { collect, runSealrun, sealrunProgram } from "../support/run-command.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** A fenced block of a page. */
interface Block {
  readonly language: string;
  readonly text: string;
}

/** The environment of a new user: no tool of this repository is on PATH but the command itself. */
let folder: string;
let environment: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-whole-start-"));
  const bin = join(folder, "bin");
  await mkdir(bin);
  const words = sealrunProgram.map((word) => `'${word}'`).join(" ");
  // The guide's port may be taken on this machine.
  const script = `#!/bin/sh\n[ "$*" = "dev --detach" ] && set -- "$@" --port 0\nexec ${words} "$@"\n`;
  await writeFile(join(bin, "sealrun"), script, { mode: 0o755 });
  environment = { ...commandEnvironment(folder), PATH: `${bin}:/usr/bin:/bin` };
});
afterAll(async () => {
  await runSealrun(["dev", "stop"], { env: environment, cwd: folder });
  await rm(folder, { recursive: true, force: true });
});

test("packages/docs/start.md and README.md are what a new user sees who pastes all their lines at once", async () => {
  const blocks = blocksOf(await readFile(join(repository, "packages/docs/start.md"), "utf8"));
  const own = blocks.filter(({ text }) => !text.startsWith("npm ci"));
  const pasted = own.filter(({ language }) => language === "sh");
  const mark = "--- the next block ---";
  const { exitCode, output } = await paste(pasted.map(({ text }) => text).join(`echo '${mark}'\n`));
  const printed = output.split(`${mark}\n`).map(withoutChance);
  expect(exitCode, output).toBe(0);
  const wanted = own.flatMap((block, place) => {
    const next = own[place + 1];
    return block.language === "sh" && next?.language === "text"
      ? [[block.text, withoutChance(next.text)] as const]
      : [];
  });
  expect(wanted.length).toBeGreaterThan(5);
  for (const [typed, text] of wanted) {
    expect({ typed, printed: printed[pasted.findIndex((block) => block.text === typed)] }).toEqual({
      typed,
      printed: text,
    });
  }
  const files = own.filter(({ language }) => language === "ts" || language === "json").map(({ text }) => text);
  const written = ["main.ts", "secrets.json"].map(async (name) => readFile(join(folder, "hello", name), "utf8"));
  expect(files).toEqual(await Promise.all(written));

  const readme = blocksOf(await readFile(join(repository, "README.md"), "utf8")).map(({ text }) => text);
  const first = readme.find((text) => text.includes("sealrun dev --detach")) ?? "";
  const lines = linesOf(first).map((line) => line.replace(/ +# .*$/, "").replace("npx --no-install ", ""));
  expect(lines.length).toBeGreaterThan(4);
  expect(lines).toEqual(pasted.flatMap(({ text }) => linesOf(text)).filter((line) => lines.includes(line)));
});

test("README.md has lines that run in their order in a built clone whose user has an empty home, as written", async () => {
  const readme = blocksOf(await readFile(join(repository, "README.md"), "utf8")).map(({ text }) => text);
  const lines = readme.find((text) => text.includes("sealrun dev --detach")) ?? "";
  // `npm ci` of a whole clone takes minutes: the clone has the libraries and the build of this one.
  const clone = join(folder, "clone");
  await mkdir(clone);
  await copyFile(join(repository, "package.json"), join(clone, "package.json"));
  await symlink(join(repository, "node_modules"), join(clone, "node_modules"));
  // The README's port may be taken on this machine.
  const anyPort = `npx() { [ "$*" = "--no-install sealrun dev --detach" ] && set -- "$@" --port 0; command npx "$@"; }\n`;
  const bare = { ...environment, HOME: join(folder, "home"), PATH: `${dirname(await systemNpx())}:/usr/bin:/bin` };
  await mkdir(bare.HOME, { recursive: true });
  const { exitCode, output } = await paste(anyPort + lines, { cwd: clone, env: bare });
  if (exitCode !== 0) await runSealrun(["dev", "stop"], { env: environment, cwd: clone });
  expect(exitCode, output).toBe(0);
  expect(output).toMatch(/sealrun is ready at [^]*pushed acme\/hello version 1[^]*\nsucceeded exe_\w{20} /);
});

/** The npx of this machine, not the one that the repository brings. */
async function systemNpx(): Promise<string> {
  const others = (process.env["PATH"] ?? "").split(":").filter((one) => !one.includes("node_modules"));
  return requireOnPath("npx", "npm", { PATH: others.join(":") });
}

/** Types lines into a shell, all at once: a command that reads standard input would swallow those after it. */
async function paste(
  lines: string,
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> } = { cwd: folder, env: environment },
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const shell = spawn("bash", ["-c", "exec 2>&1; exec bash -e -s"], place);
  const output = collect(shell.stdout);
  shell.stdin.end(lines);
  const exitCode = await new Promise<number | null>((resolve) => shell.once("close", resolve));
  return { exitCode, output: output() };
}

/** Without what differs each time: times, ids, addresses, folders, and why a run waited on a busy machine. */
function withoutChance(text: string): string {
  return text
    .replaceAll(folder, "/home/you/sealrun")
    .replaceAll(/^waits: .*\n/gm, "")
    .replaceAll(/exe_[0-9a-z]{20}/g, "exe_ID")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, "TIME")
    .replaceAll(/(?<=(?:in|after|succeeded,) )[\d.]+ m?s$/gm, "SPAN");
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = "", text = ""]) => ({ language, text }));
}
