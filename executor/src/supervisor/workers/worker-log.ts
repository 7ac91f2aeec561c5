import { type JsonObject, SealrunError } from "@sealrun/protocol";
import type { AttemptLog } from "../../between/attempt-log.ts";

const linesPerAttempt = 100;
/** Of a line with more than this, only the message is kept. */
const maxFieldBytes = 16 * 1024;
/** More lines, and news of its memory, than any worker has between two attempts. */
const maxNotes = 10_000;

/** What a worker may say that is no part of an attempt. */
export interface WorkerLog {
  /** Counts one piece of news. Throws `MALFORMED` for more than any worker has. */
  note(): void;
  /** Writes a line to the supervisor's log, or drops it after too many. Throws as `note`. */
  write(line: { readonly level: "warn" | "error"; readonly message: string; readonly fields: JsonObject }): void;
  /** Counts from here on: an attempt begins. */
  restart(): void;
}

/** The log of one worker's process. */
export function createWorkerLog(log: AttemptLog, worker: number): WorkerLog {
  let notes = 0;
  const note = (): void => {
    notes += 1;
    if (notes > maxNotes) throw new SealrunError("MALFORMED", "A worker said more than any worker says");
  };
  return {
    note,
    write: ({ level, message, fields }) => {
      note();
      if (notes > linesPerAttempt) return;
      log[level](JSON.stringify(fields).length <= maxFieldBytes ? fields : { worker }, message);
    },
    restart: () => {
      notes = 0;
    },
  };
}
