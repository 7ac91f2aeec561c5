import { mkdtemp, rm, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import type { Cli } from "../../packages/cli/src/command.ts";
import { fullEdition } from "../../packages/cli/src/edition/full.ts";
import { createOutput } from "../../packages/cli/src/output.ts";
import { runProgram } from "../../packages/cli/src/program.ts";

/** How a command ended and what it wrote. */
interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person with their own home folder, whose commands run in this process. */
export interface Person {
  readonly home: string;
  /** Variables besides HOME. */
  readonly environment: Record<string, string>;
  readonly cli: Cli;
  /** The signal aborts as Ctrl-C does in a command that handles it. */
  run(args: readonly string[], stdin?: string | Uint8Array, signal?: AbortSignal): Promise<Ended>;
  /** Writes files into a folder below home and gives its path. */
  write(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string>;
  leave(): Promise<void>;
}

/** A new person without a profile. */
export async function newPerson(): Promise<Person> {
  const home = await mkdtemp(join(tmpdir(), "sealrun-test-cli-"));
  const environment: Record<string, string> = {};
  const cliOn = (stdin: string | Uint8Array, signal = new AbortController().signal) => {
    const [stdout, stderr] = [keep(), keep()];
    const cli = {
      edition: fullEdition,
      environment: { HOME: home, PATH: "/usr/bin:/bin", ...environment },
      output: createOutput(stdout.stream, stderr.stream),
      input: Readable.from([Buffer.from(stdin)]),
      closedDescriptors: [],
      takeSignals: () => signal,
    };
    return { cli, stdout, stderr };
  };
  return {
    home,
    environment,
    cli: { ...cliOn("").cli, profileName: () => undefined },
    run: async (args, stdin = "", signal) => {
      const { cli, stdout, stderr } = cliOn(stdin, signal);
      const exitCode = await runProgram(cli, args);
      return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
    },
    write: async (name, files) => {
      const folder = join(home, name);
      await mkdir(folder, { recursive: true });
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
      return folder;
    },
    leave: async () => rm(home, { recursive: true, force: true }),
  };
}

function keep(): { readonly stream: PassThrough; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat([...chunks, stream.read() ?? Buffer.alloc(0)]).toString("utf8") };
}
