import { readUnverifiedHeader } from "@sealrun/crypto";
import { type ExecutorId, subjects } from "@sealrun/protocol";
import type { Msg } from "nats";
import type { Deps } from "../deps.ts";
import type { ArrivedLine, EarlyLines, HeardAttempt } from "../live/first-line.ts";
import { firstLineOf } from "./apply-chunks.ts";
import { isSameAttempt } from "./report-store.ts";
import { type ReadDeps, readReport } from "./read-report.ts";

type HearDeps = Pick<Deps, "link" | "log"> & ReadDeps;

/** How many reports are read at the same time. More are passed over: their lines are told once they are stored. */
const maxReading = 64;

/** A stream that hears an attempt. */
interface Listener {
  readonly attempt: HeardAttempt;
  readonly onLine: (arrived: ArrivedLine) => void;
}

/**
 * Hears the reports of executors beside the stream that stores them, so that a reader on any platform gets a line
 * before it is stored. Subscribes to an executor only while one of its attempts is heard. A report that the platform
 * would refuse is passed over.
 */
export function hearReports(deps: HearDeps): EarlyLines {
  const { link, log } = deps;
  const executors = new Map<ExecutorId, { readonly listeners: Set<Listener>; readonly unsubscribe: () => void }>();
  const pass = createPass(deps);
  const open = (executorId: ExecutorId) => {
    const listeners = new Set<Listener>();
    const subscription = link.connection.subscribe(subjects.reports(executorId), {
      callback: (error, message) => {
        if (error === null) void pass(message, listeners);
        else
          log.warn({ err: error }, "NATS does not let the platform hear reports; lines are shown once they are stored");
      },
    });
    const heard = { listeners, unsubscribe: () => subscription.unsubscribe() };
    executors.set(executorId, heard);
    return heard;
  };
  return {
    hear: (attempt, onLine) => {
      const { executorId } = attempt;
      const { listeners, unsubscribe } = executors.get(executorId) ?? open(executorId);
      const listener = { attempt, onLine };
      listeners.add(listener);
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        executors.delete(executorId);
        unsubscribe();
      };
    },
  };
}

/** Gives the first line of a report to those who hear its attempt. */
function createPass(deps: ReadDeps) {
  let reading = 0;
  return async (message: Msg, listeners: ReadonlySet<Listener>): Promise<void> => {
    if (reading >= maxReading || !isHeard(message, listeners)) return;
    reading += 1;
    try {
      const { sender, report } = await readReport(deps, message);
      for (const { attempt, onLine } of listeners) {
        if (attempt.executorId !== sender || !isSameAttempt(attempt, report)) continue;
        const line = firstLineOf(report.items, attempt.steps);
        if (line !== undefined) onLine({ sequence: report.sequence, line });
      }
    } catch {
      // `consume-reports.ts` gets the same message: it says why it is refused, or has it sent again.
    } finally {
      reading -= 1;
    }
  };
}

/** Whether a report may be of an attempt that is heard: most are not, and need no check of their signature. */
function isHeard(message: Msg, listeners: ReadonlySet<Listener>): boolean {
  try {
    const { executionId } = readUnverifiedHeader(message.data);
    return executionId === undefined || [...listeners].some(({ attempt }) => attempt.executionId === executionId);
  } catch {
    return false;
  }
}
