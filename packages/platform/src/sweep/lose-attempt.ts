import type { Sql } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import { endAttempt } from "../executions/attempt-store.ts";
import type { LostExecution } from "../executions/store.ts";
import { cancelledUnstarted, endUnfinished, requeue } from "../executions/transitions.ts";

/** What becomes of an execution whose executor was not heard any more. */
export type Fate = "given-back" | "cancelled" | "rerun" | "lost";

/** Decides by what is known: nothing ran without a grant; a cancel is kept; a package may ask for another run. */
export function decideFate(lost: Omit<LostExecution, "id">): Fate {
  if (!lost.isGranted) return lost.isCancelRequested ? "cancelled" : "given-back";
  const mayRunAgain = lost.onLost === "rerun" && !lost.isCancelRequested && lost.lostBefore < limits.lostReruns;
  return mayRunAgain ? "rerun" : "lost";
}

/** Ends the attempt of such an execution, and the execution with it or its wait for another one. The caller holds it. */
export async function loseAttempt(sql: Sql, lost: LostExecution): Promise<Fate> {
  const { id, attempt } = lost;
  const ref = { executionId: id, attempt };
  const fate = decideFate(lost);
  const expired = `The executor was not heard for ${limits.leaseMs / 1000} seconds`;
  switch (fate) {
    case "given-back":
      await requeue(sql, ref, {
        end: "given-back",
        line: `${expired} after it took this, before it could start a script; attempt ${attempt} is given back`,
      });
      break;
    case "rerun":
      await requeue(sql, ref, {
        end: "lost",
        line: `${expired} while it ran attempt ${attempt}; the package says on_lost: rerun, so it is run again (${lost.lostBefore + 1} of at most ${limits.lostReruns} times)`,
      });
      break;
    case "cancelled":
      await endAttempt(sql, ref, "given-back");
      await endUnfinished(sql, id, { status: "cancelled", error: cancelledUnstarted });
      break;
    case "lost":
      await endAttempt(sql, ref, "lost");
      await endUnfinished(sql, id, { status: "lost", error: { code: "LEASE_LOST", message: lossOf(lost, expired) } });
      break;
  }
  return fate;
}

function lossOf(lost: LostExecution, expired: string): string {
  const unknown = `${expired} while it ran this; whether its scripts ended is not known`;
  if (lost.isCancelRequested) return `${unknown}. Its cancel was asked for before, so it is not run again`;
  if (lost.onLost === "rerun") {
    return `${unknown}. It was lost ${lost.lostBefore + 1} times, so it is not run again`;
  }
  return unknown;
}
