import { limits, reachesLevel } from "@sealrun/protocol";
import { maxCounted, type WaitingFacts } from "./waiting-store.ts";

/** Why a queued execution waits, as one sentence: the first reason, and what to do about it. */
export function explainWaiting(facts: WaitingFacts): string {
  const { hold, notBefore, pool, slots, free, ahead, silentSeconds } = facts;
  if (hold !== undefined) {
    return `The platform is held since ${hold.since.toISOString()} by ${hold.by}; nothing starts until: sealrun platform resume`;
  }
  const archived = facts.isPublished ? undefined : explainArchive(facts);
  if (archived !== undefined) return archived;
  if (notBefore !== null) return `It starts at ${notBefore.toISOString()} at the earliest`;
  if (facts.refusal !== null && facts.heldUntil !== null) {
    return `${facts.refusal}; it is tried again at ${facts.heldUntil.toISOString()}`;
  }
  const full = facts.isPublished ? undefined : explainLimit(facts);
  if (full !== undefined) return full;
  if (facts.trouble === "unreachable") return "NATS cannot be reached; it starts when NATS is back";
  if (facts.trouble === "full" && !facts.isPublished) return "NATS is full; it starts when there is room";
  if (!facts.hasExecutor) return `Pool ${pool} has no executor; start one, or name another pool in the manifest`;
  if (slots === 0) {
    if (facts.unfit !== null) {
      const { executor, trouble } = facts.unfit;
      return `No executor of pool ${pool} can take work now; ${executor} says: ${trouble.message} (${trouble.code})`;
    }
    if (silentSeconds === null) return `Every executor of pool ${pool} has stopped taking work; start another one`;
    if (silentSeconds * 1_000 < limits.absentMs)
      return `The executors of pool ${pool} have not reported their free slots yet`;
    return `No executor of pool ${pool} sent a heartbeat for ${silentSeconds} seconds; check that one runs`;
  }
  const { name, minSandbox } = facts.project;
  if (facts.bestSandbox !== null && !reachesLevel(facts.bestSandbox, minSandbox)) {
    return `Project ${name} requires the sandbox level ${minSandbox}, and the executors of pool ${pool} reach ${facts.bestSandbox} at most; start one that reaches it, or name another pool in the manifest`;
  }
  const place = ahead === 0 ? "it is next" : `${countOf(ahead)} before it`;
  const busy = slots === 1 ? `The one slot of pool ${pool} is busy` : `All ${slots} slots of pool ${pool} are busy`;
  if (free === 0) return `${busy}; ${place}`;
  if (facts.isPublished) return `It is offered to the executors of pool ${pool} and waits to be taken`;
  return `Pool ${pool} has room; ${place}`;
}

function explainArchive({ package: own, project }: WaitingFacts): string | undefined {
  const what = project.isArchived ? `Project ${project.name}` : own.isArchived ? `Package ${own.name}` : undefined;
  return what === undefined ? undefined : `${what} is archived; it starts when that is unarchived, or can be cancelled`;
}

function explainLimit({ package: own, project }: WaitingFacts): string | undefined {
  if (own.limit !== null && own.inFlight >= own.limit) {
    return `Package ${own.name} runs at most ${own.limit} at once, and ${own.inFlight} are under way`;
  }
  if (project.limit !== null && project.inFlight >= project.limit) {
    return `Project ${project.name} runs at most ${project.limit} at once, and ${project.inFlight} are under way`;
  }
  return undefined;
}

function countOf(ahead: number): string {
  if (ahead > maxCounted) return `more than ${maxCounted} wait`;
  return ahead === 1 ? "1 waits" : `${ahead} wait`;
}
