import type { Sql } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import { endAttempt } from "../executions/attempt-store.ts";
import type { LostExecution } from "../executions/store.ts";
import { cancelledUnstarted, endUnfinished, requeue } from "../executions/transitions.ts";

/** The outcome for an execution whose lease expired. */
export type Fate = "given-back" | "cancelled" | "rerun" | "lost";

/** Decides by three facts: without a grant nothing ran; a cancel stays valid; a package may ask for another run. */
export function decideFate(lost: Omit<LostExecution, "id">): Fate {
  if (!lost.isGranted) return lost.isCancelRequested ? "cancelled" : "given-back";
  const mayRunAgain = lost.onLost === "rerun" && !lost.isCancelRequested && lost.lostBefore < limits.lostReruns;
  return mayRunAgain ? "rerun" : "lost";
}

/**
 * Queues again what an executor says that it lost with a worker; `decideFate` said that it may run again. The caller
 * holds the row.
 */
export async function rerunLost(sql: Sql, lost: LostExecution): Promise<void> {
  const { id, attempt } = lost;
  await requeue(
    sql,
    { executionId: id, attempt },
    {
      end: "lost",
      line: `The process that ran attempt ${attempt} was lost. ${rerunReason(lost)}`,
    },
  );
}

function rerunReason({ lostBefore }: LostExecution): string {
  return `The manifest says on_lost: rerun, so the execution runs again (${lostBefore + 1} of at most ${limits.lostReruns} times)`;
}

/** Ends the lost attempt, then either ends the execution or requeues it. The caller holds its row. */
export async function loseAttempt(sql: Sql, lost: LostExecution): Promise<Fate> {
  const { id, attempt } = lost;
  const ref = { executionId: id, attempt };
  const fate = decideFate(lost);
  const expired = `The executor did not renew its lease for ${limits.leaseMs / 1000} seconds`;
  switch (fate) {
    case "given-back":
      await requeue(sql, ref, {
        end: "given-back",
        line: `${expired} and had not started a script. Attempt ${attempt} has ended and the execution is queued again`,
      });
      break;
    case "rerun":
      await requeue(sql, ref, {
        end: "lost",
        line: `${expired} while it ran attempt ${attempt}. ${rerunReason(lost)}`,
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
  const unknown = `${expired} while it ran this execution; it is not known whether its scripts ended`;
  if (lost.isCancelRequested) return `${unknown}. A cancel was requested before, so it does not run again`;
  if (lost.onLost === "rerun") {
    return `${unknown}. It was lost ${lost.lostBefore + 1} times, so it does not run again`;
  }
  return unknown;
}
