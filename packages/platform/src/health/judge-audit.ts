import { countOf, limits } from "@sealrun/protocol";
import { maxCounted } from "@sealrun/postgres";
import type { AuditFacts } from "../audit/audit.ts";
import { bad, good, type Judged, warning } from "./judge.ts";

/** Rows are sealed within seconds. */
const longSeconds = 60;
const dayMs = 24 * 60 * 60_000;

/** Whether the audit is sealed, intact as far as this platform knows, and fully checked from time to time. */
export function judgeAudit(facts: AuditFacts, now: Date): Judged {
  const { isInChain, checkpointFile, failure, waiting, trouble, refusal } = facts;
  if (!isInChain) return bad(describeCut(checkpointFile));
  if (failure !== undefined) {
    return bad(`The check of ${failure.at} found: ${failure.sentence}. See sealrun audit verify`);
  }
  if (waiting.seconds !== null && waiting.seconds > longSeconds) {
    const rows = waiting.count >= maxCounted ? `${maxCounted} rows or more wait` : counted(waiting.count);
    const minutes = Math.floor(waiting.seconds / 60);
    return bad(`${rows} to be sealed, the oldest for ${minutes} minutes; see the log of the platforms`);
  }
  if (trouble !== undefined) return bad(`The checkpoint of the audit cannot be written: ${trouble}`);
  if (refusal !== undefined) return warning(`${refusal}; sealrun audit verify --full writes it again`);
  return judgeAge(facts, now);
}

function describeCut(file: string | undefined): string {
  const cut = "The last link of the audit that this platform saw is no longer there: the end was cut off";
  if (file === undefined) return `${cut}. After restoring a backup, start the platform again`;
  return `${cut}. After restoring a backup, keep copies of ${file} and ${file}.verified, remove both, and start the platform again`;
}

function judgeAge({ fullAt, since, waiting, checkpointFile }: AuditFacts, now: Date): Judged {
  const sealed = waiting.count === 0 ? "Every row is sealed" : `${counted(waiting.count)} to be sealed, none for long`;
  const from = fullAt === undefined ? since : new Date(fullAt);
  const ageMs = from === undefined ? 0 : now.getTime() - from.getTime();
  const days = Math.floor(ageMs / dayMs);
  const when =
    fullAt === undefined
      ? "this platform never read the whole audit"
      : `this platform read the whole audit ${days === 0 ? "today" : `${countOf(days, "day")} ago`}`;
  if (ageMs <= limits.auditFullCheckMs) return good(`${sealed}; ${when}`);
  const where = checkpointFile === undefined ? ", and name an auditCheckpointFile, which keeps that" : "";
  return warning(`${sealed}, but ${when}; run sealrun audit verify --full${where}`);
}

function counted(count: number): string {
  return count === 1 ? "1 row waits" : `${count} rows wait`;
}
