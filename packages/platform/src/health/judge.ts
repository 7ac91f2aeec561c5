import { type HealthCheck, limits } from "@sealrun/protocol";
import type { NatsRooms } from "./read-nats.ts";

/** What a check found, before it has its name and its time. */
export type Judged = Pick<HealthCheck, "state" | "sentence">;

const nearFull = 0.8;
const longSeconds = 300;
const leapMs = 5_000;
const noticedMs = 2_000;

/** Nothing is to be done. */
export const good = (sentence: string): Judged => ({ state: "good", sentence });
/** It works, and something is to be done. */
export const warning = (sentence: string): Judged => ({ state: "warning", sentence });
/** Something does not work. */
export const bad = (sentence: string): Judged => ({ state: "bad", sentence });

/** Whether NATS, which answers at this address, is one to keep: what is wrong with its version counts where others reach it. */
export function judgeServer(fault: string | undefined, address: string): Judged {
  if (fault === undefined) return good("NATS answers");
  const isOwn = /^(?:[a-z]+:\/\/)?(?:127\.|localhost:|\[::1\]:)/i.test(address);
  return isOwn ? good(`NATS answers at this machine's own address. ${fault}`) : warning(fault);
}

/** Whether the streams take what comes: each by its own limit, all by the account's, and by what was published last. */
export function judgeStreams({ streams, account }: NatsRooms, isFull: boolean): Judged {
  const rooms = [...streams.map(({ name, ...room }) => ({ name: `Stream ${name}`, ...room })), account];
  const [fullest] = rooms
    .flatMap(({ name, bytes, maxBytes }) => (maxBytes === null ? [] : [{ name, part: bytes / maxBytes }]))
    .toSorted((left, right) => right.part - left.part);
  if (isFull) return bad("NATS is full and takes no events; give it more room");
  if (fullest === undefined || fullest.part < nearFull) return good("Both streams have room");
  return warning(`${fullest.name} is ${Math.floor(fullest.part * 100)} % full; give it more room`);
}

/** Whether somebody is there to run what waits. */
export function judgeExecutors(found: {
  readonly live: number;
  readonly enrolled: number;
  readonly queued: number;
}): Judged {
  const { live, enrolled, queued } = found;
  if (live > 0) {
    const silent = enrolled - live;
    return good(`${counted(live, "executor")} there${silent === 0 ? "" : `; ${silent} more enrolled and silent`}`);
  }
  const what =
    enrolled === 0 ? "No executor is enrolled" : `None of the executors was heard of lately (${enrolled} enrolled)`;
  const todo = enrolled === 0 ? "enrol one" : "check that one runs";
  return queued > 0
    ? bad(`${what}, and ${counted(queued, "execution")} waiting; ${todo}`)
    : warning(`${what}; ${todo}`);
}

/** Whether what may start does so soon; `oldest` has why it waits. */
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

/** Whether PostgreSQL's clock, by which leases are counted, goes as this machine's does. */
export function judgeClock({ leptMs, skewMs }: { readonly leptMs: number; readonly skewMs: number }): Judged {
  const seconds = (ms: number): string => `${Math.round(Math.abs(ms) / 1_000)} seconds`;
  const apart = `The clocks of PostgreSQL and this platform are ${seconds(skewMs)} apart`;
  if (Math.abs(skewMs) > limits.clockSkewMs) return bad(`${apart}, more than signed messages bear; set them right`);
  if (leptMs > leapMs) {
    return warning(`PostgreSQL's clock leapt forward by ${seconds(leptMs)} since the last look; set it in small steps`);
  }
  if (Math.abs(skewMs) > noticedMs) return warning(`${apart}; set them right`);
  return good("The clocks of PostgreSQL and this platform agree");
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what} is` : `${count} ${what}s are`;
}
