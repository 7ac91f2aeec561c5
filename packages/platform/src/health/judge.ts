import { oldestSafeServer } from "@sealrun/nats";
import { countOf, type HealthCheck, judgeClocks, reportsStream } from "@sealrun/protocol";
import type { Hold } from "../hold/store.ts";
import type { EmptyPool, ScheduleFacts, UnfitExecutor } from "./health-store.ts";
import type { NatsStorage } from "./read-nats.ts";

/** The result of a check, before its name and its time are added. */
export type Judged = Pick<HealthCheck, "state" | "sentence">;

const nearFull = 0.8;
const maxPools = 3;
const longSeconds = 300;
const lateDueSeconds = 60;
const leapMs = 5_000;
const noticedMs = 2_000;

/** Nothing to do. */
export const good = (sentence: string): Judged => ({ state: "good", sentence });
/** It works, but there is something to do. */
export const warning = (sentence: string): Judged => ({ state: "warning", sentence });
/** Something does not work. */
export const bad = (sentence: string): Judged => ({ state: "bad", sentence });

/**
 * Whether the NATS server is recent enough. A fault of its version counts only where other machines can reach
 * it.
 */
export function judgeServer(fault: string | undefined, address: string): Judged {
  if (fault === undefined) return good("NATS answers");
  const isOwn = /^(?:[a-z]+:\/\/)?(?:127\.|localhost:|\[::1\]:)/i.test(address);
  if (!isOwn) return warning(fault);
  return good(
    `NATS answers at this machine's own address. Install ${oldestSafeServer} or newer before other machines may reach it`,
  );
}

/** Whether the streams accept messages: by their own limits, by the account's limit, and by the last publish. */
export function judgeStreams({ streams, account }: NatsStorage, isFull: boolean): Judged {
  const storage = [...streams.map(({ name, ...use }) => ({ name: streamName(name), ...use })), account];
  const [fullest] = storage
    .flatMap(({ name, bytes, maxBytes }) => (maxBytes === null ? [] : [{ name, part: bytes / maxBytes }]))
    .toSorted((left, right) => right.part - left.part);
  if (isFull) return bad("NATS is full and accepts no events; give it more storage");
  if (fullest === undefined || fullest.part < nearFull) return good("Both streams have room");
  const use = `${fullest.name} is ${Math.floor(fullest.part * 100)} % full`;
  if (fullest.name !== streamName(reportsStream)) return warning(`${use}; give it more storage`);
  return warning(`${use}; executors keep the reports that NATS refuses and send them again. Start another platform`);
}

function streamName(name: string): string {
  return `Stream ${name}`;
}

/** Whether there are executors for the queued executions. */
export function judgeExecutors(found: {
  readonly live: number;
  readonly enrolled: number;
  readonly queued: number;
  readonly unfit: readonly UnfitExecutor[];
  /** Pools that something needs and that have no live executor. */
  readonly empty: readonly EmptyPool[];
}): Judged {
  const { live, enrolled, queued, unfit, empty } = found;
  if (unfit.length > 0) {
    const sentence = unfit
      .map(({ executor, code, message }) => `${executor} takes no work: ${message} (${code})`)
      .join("; ");
    return unfit.length >= live && queued > 0 ? bad(sentence) : warning(sentence);
  }
  if (live > 0 && empty.length > 0) return warning(describeEmpty(empty));
  if (live > 0) {
    const silent = enrolled - live;
    return good(`${counted(live, "executor")} live${silent === 0 ? "" : `; ${silent} more enrolled but silent`}`);
  }
  const what =
    enrolled === 0 ? "No executor is enrolled" : `No executor sent a heartbeat lately (${enrolled} enrolled)`;
  const todo = enrolled === 0 ? "enrol one" : "check that one runs";
  return queued > 0
    ? bad(`${what}, and ${counted(queued, "execution")} waiting; ${todo}`)
    : warning(`${what}; ${todo}`);
}

/** Which pools have no executor, and what needs them. */
function describeEmpty(empty: readonly EmptyPool[]): string {
  const pools = empty.slice(0, maxPools).map(({ pool, queued, packages }) => {
    const why = queued > 0 ? `${counted(queued, "execution")} waiting for it` : usedBy(packages);
    return `Pool ${pool} has no executor, and ${why}`;
  });
  const rest = empty.length - pools.length;
  const more = rest === 0 ? "" : `; ${rest} more ${rest === 1 ? "pool has" : "pools have"} none either`;
  return `${pools.join("; ")}${more}. Start an executor there, or name another pool in the manifest`;
}

function usedBy(packages: number): string {
  return packages === 1 ? "1 package uses it" : `${packages} packages use it`;
}

/** Whether due executions start soon; `oldest` says why the oldest one waits. */
export function judgeQueue(
  queued: number,
  oldest: { readonly id: string; readonly seconds: number; readonly waiting: string | null } | null,
): Judged {
  if (oldest !== null && oldest.seconds > longSeconds) {
    const why = oldest.waiting === null ? "" : `: ${oldest.waiting}`;
    return warning(`Execution ${oldest.id} has waited for ${Math.floor(oldest.seconds / 60)} minutes${why}`);
  }
  return good(queued === 0 ? "Nothing waits" : `${counted(queued, "execution")} waiting, none for long`);
}

/** Whether due times are run in time. */
export function judgeSchedules({ missed, newest, lateSeconds }: ScheduleFacts): Judged {
  if (lateSeconds > lateDueSeconds) {
    return warning(
      `The oldest due time has waited for ${Math.floor(lateSeconds)} seconds; see the platforms' logs, or have fewer due at once`,
    );
  }
  if (missed === 0) return good("No due time was missed in the last 24 hours");
  const what = countOf(missed, "schedule");
  return warning(
    `${what} missed due times in the last 24 hours because no platform checked them; the newest is of ${newest ?? "a package"}`,
  );
}

/** Whether new executions may start. */
export function judgeHold(hold: Hold | undefined): Judged {
  if (hold === undefined) return good("The platform is not held");
  const held = `The platform is held since ${hold.since.toISOString()} by ${hold.by}`;
  return warning(`${held}; nothing new starts until: sealrun platform resume`);
}

/** Whether PostgreSQL's clock, which measures leases, agrees with this machine's. */
export function judgeClock(found: {
  readonly leptMs: number;
  /** By how much PostgreSQL's clock is ahead of this platform's, negative when it is behind. */
  readonly skewMs: number;
  readonly host: string;
}): Judged {
  const { leptMs, skewMs, host } = found;
  const seconds = (ms: number): string => `${Math.round(Math.abs(ms) / 1_000)} seconds`;
  const fault = judgeClocks(skewMs, { own: `this platform (${host})`, other: "PostgreSQL" });
  if (fault !== undefined) return bad(`${fault.message}. Until then this platform leaves its work to others`);
  if (leptMs > leapMs) {
    return warning(
      `PostgreSQL's clock leapt forward by ${seconds(leptMs)} since the last check; set it in small steps`,
    );
  }
  if (Math.abs(skewMs) > noticedMs)
    return warning(`The clocks of PostgreSQL and this platform (${host}) are ${seconds(skewMs)} apart; set them right`);
  return good("The clocks of PostgreSQL and this platform agree");
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what} is` : `${count} ${what}s are`;
}
