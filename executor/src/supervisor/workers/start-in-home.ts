import { workerStart } from "@sealrun/faults";
import { SealrunError } from "@sealrun/protocol";
import type { Duplex } from "node:stream";
import { type ChildEnd, childEnd, socketsFrom3 } from "../../child/running-script.ts";
import { startProgram } from "../../child/start-program.ts";
import { programArguments } from "./program-arguments.ts";
import type { WorkerHome } from "./worker-home.ts";

/** A program that runs in a home. */
export interface ProgramInHome {
  readonly pid: number;
  readonly exited: Promise<ChildEnd>;
  /** Its descriptor 3. */
  readonly socket: Duplex;
}

/**
 * Starts Node with this file: with nothing in its environment, and no descriptor but the one to its supervisor. `flags` are
 * Node's own; `what` names the process in an error.
 */
export function startInHome(
  home: Pick<WorkerHome, "command">,
  program: string,
  { what, flags = [] }: { readonly what: "worker" | "preparer"; readonly flags?: readonly string[] },
): ProgramInHome {
  const inherited = workerStart();
  const node = [...flags, ...programArguments(program, inherited.arguments)];
  const [first, ...rest] = home.command([process.execPath, ...node]);
  const subprocess = startProgram(first, rest, {
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8", ...inherited.environment },
    cwd: "/",
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    buffer: false,
    reject: false,
    // The kernel ends it with this process. A signal to bubblewrap alone can leave its first process, see `killTree()`.
    cleanup: false,
  });
  const { pid } = subprocess;
  const exited = childEnd(subprocess.nodeChildProcess);
  const [socket] = socketsFrom3(subprocess.stdio, 1);
  if (pid === undefined || socket === undefined) {
    throw new SealrunError("MACHINE_FAILED", `The process of a ${what} could not be started`);
  }
  return { pid, exited, socket };
}
