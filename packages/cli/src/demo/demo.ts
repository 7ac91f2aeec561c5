import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@sealrun/client";
import { SealrunError } from "@sealrun/protocol";
import { type Dev, startDev } from "../dev/dev.ts";
import { ownProgram } from "../dev/own-program.ts";
import { type ByteSearch, createByteSearch, type Finding } from "../search/search-files.ts";
import { watchFiles } from "../search/watch-files.ts";
import { watchProcesses } from "../search/watch-processes.ts";
import type { Environment } from "../setup/find-on-path.ts";
import { type DemoPackage, writeDemoPackage } from "./package.ts";
import { outputPlace, proveNothingLeaked, type Seen } from "./prove.ts";
import { startProgram } from "../setup/run-program.ts";

const nextSteps = [
  ["dev --detach", "your own platform, data in ./.sealrun"],
  ["init my-package", "a first package"],
  ["project create demo", "once"],
  ["push my-package --project demo", "sealed on this machine, and stored"],
  ["run demo/my-package --wait", "runs it, and shows its output"],
  ["doctor --prove --dev .sealrun", "the same search on your own platform"],
] as const;

/** What the demo needs from its command. */
export interface DemoOptions {
  /** What people type for this program. */
  readonly typed: string;
  readonly environment: Environment;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Starts a whole platform in a temporary folder, runs a package on it with the real commands, and searches for its secrets. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { say } = options;
  const root = await mkdtemp(join(tmpdir(), "sealrun-demo-"));
  try {
    const dataFolder = join(root, "data");
    const demo = await writeDemoPackage(join(root, "package"));
    say("Starting PostgreSQL, NATS, keyring, platform and an executor in a temporary folder …");
    say(
      `The package is named ${demo.control.value}: it is not a secret but a planted control that the search must find`,
    );
    const dev = await startDev({ ...options, dataFolder, port: 0, logLevel: "trace" });
    const seen = await runWhileWatching(dev, demo, { ...options, home: join(root, "home") });
    say("");
    for (const line of await proveNothingLeaked({ folder: dev.folder, demo, seen })) say(line);
    say("");
    say("Your turn:");
    for (const [command, what] of nextSteps) say(`  ${`${options.typed} ${command}`.padEnd(62)} ${what}`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Runs the demo's commands, then stops the platform; gives what was seen meanwhile in processes, in the run's output and in the queue's files, which lose delivered messages. */
async function runWhileWatching(
  dev: Dev,
  demo: DemoPackage,
  stage: DemoOptions & { readonly home: string },
): Promise<Seen> {
  const wanted = [...Object.values(demo.secrets), demo.control];
  const search = createByteSearch(wanted);
  const output: Finding[] = [];
  const processes = watchProcesses(search);
  const queue = watchFiles([join(dev.folder.root, "nats")], wanted);
  try {
    await runCommands({ ...stage, dev, demo });
    output.push(...(await searchOutput(dev, search)));
  } finally {
    await Promise.all([processes.stop(), queue.stop()]);
    await dev.stop();
  }
  return { processes: await processes.stop(), queue: await queue.stop(), output };
}

/** Searches the lines of every run, as the platform shows them. */
async function searchOutput(dev: Dev, search: ByteSearch): Promise<readonly Finding[]> {
  const client = createClient(dev);
  const found: Finding[] = [];
  for (const { id } of (await client.listExecutions({})).executions) {
    for (let after: string | null = "0"; after !== null;) {
      const page = await client.listLogs(id, after, 5_000);
      found.push(...search.find(Buffer.from(page.lines.map(({ text }) => text).join("\n")), outputPlace));
      after = page.next;
    }
  }
  return found;
}

/** Runs the commands that a person would type. */
async function runCommands(
  stage: DemoOptions & { readonly dev: Dev; readonly demo: DemoPackage; readonly home: string },
): Promise<void> {
  const { dev, demo, say } = stage;
  const run = async (args: readonly string[], stdin?: string): Promise<void> => {
    const shown = args.map((arg) => (arg === demo.folder ? "./report" : arg)).join(" ");
    say(`\n$ ${stdin === undefined ? "" : "… | "}sealrun ${shown}`);
    const { exitCode } = await startProgram(process.execPath, [...ownProgram(), ...args], {
      env: {
        PATH: "/usr/bin:/bin",
        HOME: stage.home,
        SEALRUN_URL: dev.url,
        SEALRUN_TOKEN: dev.token,
        SEALRUN_FINGERPRINT: dev.fingerprint,
      },
      ...(stdin === undefined ? { stdin: "ignore" } : { input: stdin }),
      stdout: "inherit",
      stderr: "inherit",
      reject: false,
      cancelSignal: stage.signal,
    });
    stage.signal.throwIfAborted();
    if (exitCode !== 0) throw new SealrunError("INTERNAL", `The demo's command failed with exit code ${exitCode}`);
  };
  const { secrets, control } = demo;
  await run(["project", "create", "demo"]);
  await run(["secret", "set", "MAIL_PASSWORD", "--scope", "platform"], secrets.platform.value);
  await run(["secret", "set", "PAYMENT_KEY", "--scope", "project", "--project", "demo"], secrets.project.value);
  await run(["push", demo.folder, "--project", "demo", "--name", control.value]);
  await run(["run", `demo/${control.value}`, "--wait"]);
  await run(["secret", "list", "--scope", "service", "--project", "demo", "--package", control.value]);
}
