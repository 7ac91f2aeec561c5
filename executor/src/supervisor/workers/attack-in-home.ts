import { answeredError, SealrunError } from "@sealrun/protocol";
import type { AttackTargets, FoundFromWorker } from "../../between/attack-frames.ts";
import { openFrameLink } from "../../between/frame-link.ts";
import { type FromWorker, fromWorker, type ToWorker, workerFrameBytes } from "../../between/worker-frames.ts";
import { killTree, waitUntilAllGone } from "./kill-tree.ts";
import { startInHome } from "./start-in-home.ts";
import type { WorkerHome } from "./worker-home.ts";

/** Only ends an attack that would never end. */
const maxMs = 120_000;

/**
 * Starts a worker's program in this home and lets it attack its sandbox and its executor, and try networks. Leaves the home when all is
 * over. Throws `SANDBOX_UNAVAILABLE` when it cannot be started or cannot attack.
 */
export async function attackInHome(
  home: WorkerHome,
  program: string,
  targets: AttackTargets,
): Promise<FoundFromWorker> {
  try {
    const { pid, exited, socket } = startInHome(home, program, { what: "worker" });
    const attacked = Promise.withResolvers<FoundFromWorker>();
    const timer = setTimeout(() => attacked.reject(unavailable(`it took longer than ${maxMs / 1_000} s`)), maxMs);
    const link = openFrameLink<FromWorker, ToWorker>(socket, {
      schema: fromWorker,
      maxBytes: workerFrameBytes,
      onFrame: (frame) => {
        if (frame.t === "ready") void link.send({ t: "attack", targets });
        if (frame.t !== "attacked") return;
        if (frame.found !== undefined) attacked.resolve(frame.found);
        else attacked.reject(frame.error === undefined ? unavailable("it gave no result") : answeredError(frame.error));
      },
      onEnd: (error) => attacked.reject(error ?? unavailable("its process ended")),
    });
    void link.send({ t: "setup", settings: home.settings });
    try {
      return await attacked.promise;
    } finally {
      clearTimeout(timer);
      const below = killTree(pid);
      link.close();
      await exited;
      await waitUntilAllGone(below);
    }
  } finally {
    await home.leave();
  }
}

function unavailable(why: string): SealrunError {
  return new SealrunError("SANDBOX_UNAVAILABLE", `A worker that attacks its own sandbox could not be run (${why})`);
}
