import { ExecaError } from "execa";
import { closeSync, constants, createWriteStream, openSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { errorCodeOf, limits, SealrunError, toSealrunError } from "@sealrun/protocol";
import { createTokenPipe, type TokenPipe } from "../channel/token-pipe.ts";
import { machineFailure } from "../errno.ts";
import { makeOwnFolder } from "./own-folder.ts";
import { startProgram } from "./start-program.ts";

/** The end of a pipe that a child inherits. */
interface InheritedEnd {
  readonly writeEnd: Writable;
  /** Closes the executor's copy of that end, so that the pipe ends with the child. */
  readonly closeWriteEnd: () => void;
}

/** A pipe: the child writes into the descriptor of `writeEnd`, and the executor reads from `output`. */
interface OutputPipe extends InheritedEnd {
  readonly output: Socket;
}

/** The pipe of the channel's token. The child both reads and writes its end, and hands it on to its own children. */
interface ScriptToken extends InheritedEnd {
  readonly pipe: TokenPipe;
}

/** The pipes of one script's process. */
export interface OutputPipes {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  /**
   * For bubblewrap's status. Its write end is open for reading too: bubblewrap survives a write after the executor
   * died.
   */
  readonly status: OutputPipe;
  /** The caller of `take` closes the executor's end: it does not end with the child. */
  readonly token: ScriptToken;
}

/** New pipes for one script after another. */
export interface PipePool {
  /**
   * Pipes that no process has had before. Throws `MACHINE_FAILED` or `DISK_FULL` where they cannot be made or opened.
   */
  readonly take: () => Promise<OutputPipes>;
  /** Removes what is left. Call it when no more are taken. */
  readonly close: () => Promise<void>;
}

/** How many scripts get pipes from one start of `mkfifo`. Each is four names on the disk until then, and no descriptor. */
const scriptsPerFill = 256;

/** The names of one script's pipes. */
interface PipeNames {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: string;
  readonly token: string;
}

/**
 * Pipes for scripts' stdout and stderr, and for their sandboxes. Node's own pipes are sockets, on which
 * `echo … > /dev/stderr` fails, a common line in shell scripts; and only a program can make others, so one start of
 * `mkfifo` makes many ahead. They are in a private folder below `root`, which no sandbox shows.
 *
 * A pipe is used once. A second use could never be proven safe: a script can hand its descriptor to a process outside of
 * its sandbox, and one that was opened with `O_PATH` counts as neither reader nor writer, but opens either end later.
 * `scripts` is how many get pipes from one start of `mkfifo`.
 */
export function createPipePool(root: string, scripts: number = scriptsPerFill): PipePool {
  let ready: PipeNames[] = [];
  let folder: string | undefined;
  let filling: Promise<void> | undefined;

  const fill = async (): Promise<void> => {
    const emptied = folder;
    folder = undefined;
    if (emptied !== undefined) await rm(emptied, { recursive: true, force: true });
    folder = await makeOwnFolder(root, "pipes");
    ready = await makePipes(folder, scripts);
  };

  const takeNames = async (): Promise<PipeNames> => {
    for (;;) {
      const names = ready.pop();
      if (names !== undefined) return names;
      filling ??= fill().finally(() => {
        filling = undefined;
      });
      await filling;
    }
  };

  return {
    take: async () => {
      try {
        const names = await takeNames();
        try {
          return openPipes(names);
        } catch (error) {
          if (errorCodeOf(error) !== "ENOENT") throw error;
          // What removes old files has removed these; the others are gone too.
          ready = [];
          return openPipes(await takeNames());
        }
      } catch (error) {
        if (error instanceof SealrunError) throw error;
        const known = machineFailure(errorCodeOf(error), { isOwnFolder: true, what: root, cause: error });
        throw known ?? toSealrunError(error);
      }
    },
    close: async () => {
      ready = [];
      await filling?.catch(() => undefined);
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A process that has a descriptor of such a pipe may open it again, as `echo … > /dev/stderr` does, also as another user; by
 * name only this user reaches it.
 */
async function makePipes(folder: string, scripts: number): Promise<PipeNames[]> {
  const sets = Array.from({ length: scripts }, (_, index) => ({
    stdout: `${index}.stdout`,
    stderr: `${index}.stderr`,
    status: `${index}.status`,
    token: `${index}.token`,
  }));
  try {
    const names = sets.flatMap((set) => Object.values(set));
    await startProgram("mkfifo", ["-m", "666", ...names], { cwd: folder, env: { PATH: "/usr/bin:/bin" } });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (!(error instanceof ExecaError)) throw error;
    const reason = error.code ?? String(error.stderr).split("\n", 1)[0];
    throw new SealrunError(
      "MACHINE_FAILED",
      `The pipes for scripts' output could not be made (${reason}); mkfifo must be installed, and its folder needs ${4 * scripts} free inodes`,
      { cause: error },
    );
  }
  return sets.map(({ stdout, stderr, status, token }) => ({
    stdout: join(folder, stdout),
    stderr: join(folder, stderr),
    status: join(folder, status),
    token: join(folder, token),
  }));
}

/** Opens the pipes of one script and removes their names, so that no other process can open them by name. */
function openPipes(names: PipeNames): OutputPipes {
  const { O_RDWR, O_WRONLY } = constants;
  const opened: OutputPipe[] = [];
  const open = (name: string, mode: number): OutputPipe => {
    const pipe = openPipe(name, mode);
    opened.push(pipe);
    return pipe;
  };
  try {
    return {
      stdout: open(names.stdout, O_WRONLY),
      stderr: open(names.stderr, O_WRONLY),
      status: open(names.status, O_RDWR),
      token: openToken(names.token),
    };
  } catch (error) {
    for (const { output, closeWriteEnd } of opened) {
      output.destroy();
      closeWriteEnd();
    }
    throw error;
  } finally {
    for (const name of Object.values(names)) rmSync(name, { force: true });
  }
}

function openPipe(name: string, mode: number): OutputPipe {
  const { ownEnd, childEnd } = openEnds(name, { own: constants.O_RDONLY, child: mode });
  return { output: new Socket({ fd: ownEnd, readable: true, writable: false }), ...childEnd };
}

function openToken(name: string): ScriptToken {
  const { ownEnd, childEnd } = openEnds(name, { own: constants.O_RDWR, child: constants.O_RDWR });
  return { pipe: createTokenPipe(ownEnd), ...childEnd };
}

function openEnds(
  name: string,
  modes: { readonly own: number; readonly child: number },
): { readonly ownEnd: number; readonly childEnd: InheritedEnd } {
  // The own end is opened first, without waiting, so that the child's can be opened.
  const ownEnd = openSync(name, modes.own | constants.O_NONBLOCK);
  try {
    const end = openSync(name, modes.child);
    const writeEnd = createWriteStream("", { fd: end, autoClose: false });
    return { ownEnd, childEnd: { writeEnd, closeWriteEnd: () => closeSync(end) } };
  } catch (error) {
    closeSync(ownEnd);
    throw error;
  }
}

/** Without a sandbox a process may outlive the script and keep its output open without end. */
export function endOutputs({ stdout, stderr }: OutputPipes, graceMs: number = limits.killGraceMs): void {
  for (const { output } of [stdout, stderr]) setTimeout(() => output.push(null), graceMs).unref();
}
