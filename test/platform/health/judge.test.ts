import { describe, expect, test } from "vitest";
import {
  judgeClock,
  judgeExecutors,
  judgeQueue,
  judgeSchedules,
  judgeServer,
  judgeStreams,
} from "../../../packages/platform/src/health/judge.ts";

describe("judgeServer()", () => {
  const fault = "It is old; install a newer one";
  const own = "NATS answers at this machine's own address. Install 2.12.7 or newer before other machines may reach it";

  test.each([
    [undefined, "nats.example:4222", "good", "NATS answers"],
    [fault, "nats.example:4222", "warning", fault],
    [fault, "127.0.0.1:4222", "good", own],
    [fault, "[::1]:4222", "good", own],
    [fault, "localhost.example:4222", "warning", fault],
  ])("judgeServer() judges a version by who can reach it: case %#", (found, address, state, sentence) => {
    expect(judgeServer(found, address)).toEqual({ state, sentence });
  });
});

describe("judgeStreams()", () => {
  const room = (bytes: number, maxBytes: number | null) => ({
    streams: [
      { name: "EXECUTIONS", messages: 1, bytes, maxBytes },
      { name: "REPORTS", messages: 0, bytes: 0, maxBytes: null },
    ],
    account: { name: "JetStream", bytes, maxBytes: null },
  });

  test.each([
    [room(100, null), false, "good", "Both streams have room"],
    [room(79, 100), false, "good", "Both streams have room"],
    [room(80, 100), false, "warning", "Stream EXECUTIONS is 80 % full; give it more storage"],
    [room(10, null), true, "bad", "NATS is full and accepts no events; give it more storage"],
    [
      { ...room(1, null), account: { name: "JetStream", bytes: 95, maxBytes: 100 } },
      false,
      "warning",
      "JetStream is 95 % full; give it more storage",
    ],
    [
      { ...room(1, null), streams: [{ name: "REPORTS", messages: 9, bytes: 99, maxBytes: 100 }] },
      false,
      "warning",
      "Stream REPORTS is 99 % full; executors keep the reports that NATS refuses and send them again. Start another platform",
    ],
  ])("judgeStreams() judges how full they are: case %#", (rooms, isFull, state, sentence) => {
    expect(judgeStreams(rooms, isFull)).toEqual({ state, sentence });
  });
});

describe("judgeExecutors()", () => {
  test.each([
    [{ live: 1, enrolled: 1, queued: 9 }, "good", "1 executor is live"],
    [{ live: 2, enrolled: 5, queued: 0 }, "good", "2 executors are live; 3 more enrolled but silent"],
    [{ live: 0, enrolled: 0, queued: 0 }, "warning", "No executor is enrolled; enrol one"],
    [{ live: 0, enrolled: 0, queued: 1 }, "bad", "No executor is enrolled, and 1 execution is waiting; enrol one"],
    [
      { live: 0, enrolled: 2, queued: 3 },
      "bad",
      "No executor sent a heartbeat lately (2 enrolled), and 3 executions are waiting; check that one runs",
    ],
  ])("judgeExecutors() judges who is there: case %#", (found, state, sentence) => {
    expect(judgeExecutors({ ...found, unfit: [], empty: [] })).toEqual({ state, sentence });
  });

  test.each([
    [{ live: 2, enrolled: 2, queued: 9 }, "warning"],
    [{ live: 1, enrolled: 2, queued: 0 }, "warning"],
    [{ live: 1, enrolled: 2, queued: 1 }, "bad"],
  ])("judgeExecutors() names one whose machine is not fit: case %#", (found, state) => {
    const unfit = [{ executor: "exr_1", code: "DISK_FULL", message: "No space is left" }];
    const sentence = "exr_1 takes no work: No space is left (DISK_FULL)";
    expect(judgeExecutors({ ...found, unfit, empty: [] })).toEqual({ state, sentence });
  });
});

test("judgeExecutors() names pools without an executor, and what needs them", () => {
  const judge = (...empty: { pool: string; queued: number; packages: number }[]) =>
    judgeExecutors({ live: 1, enrolled: 1, queued: 0, unfit: [], empty });
  const todo = "Start an executor there, or name another pool in the manifest";
  expect(judge({ pool: "gpu", queued: 1, packages: 1 })).toEqual({
    state: "warning",
    sentence: `Pool gpu has no executor, and 1 execution is waiting for it. ${todo}`,
  });
  const used = ["a", "b", "c", "d"].map((pool) => ({ pool, queued: 0, packages: 2 }));
  expect(judge(...used).sentence).toBe(
    `Pool a has no executor, and 2 packages use it; Pool b has no executor, and 2 packages use it; Pool c has no executor, and 2 packages use it; 1 more pool has none either. ${todo}`,
  );
});

describe("judgeQueue()", () => {
  test.each([
    [0, null, "good", "Nothing waits"],
    [2, null, "good", "2 executions are waiting, none for long"],
    [1, { id: "exe_1", seconds: 300, waiting: "busy" }, "good", "1 execution is waiting, none for long"],
    [
      1,
      { id: "exe_1", seconds: 301, waiting: "All slots are busy" },
      "warning",
      "Execution exe_1 has waited for 5 minutes: All slots are busy",
    ],
    [1, { id: "exe_1", seconds: 999, waiting: null }, "warning", "Execution exe_1 has waited for 16 minutes"],
  ])("judgeQueue() judges how long the oldest waits: case %#", (queued, oldest, state, sentence) => {
    expect(judgeQueue(queued, oldest)).toEqual({ state, sentence });
  });
});

describe("judgeSchedules()", () => {
  test.each([
    [{ missed: 0, newest: null, lateSeconds: -5 }, "good", "No due time was missed in the last 24 hours"],
    [
      { missed: 2, newest: "acme/report", lateSeconds: 60 },
      "warning",
      "2 schedules missed due times in the last 24 hours because no platform checked them; the newest is of acme/report",
    ],
    [
      { missed: 2, newest: "acme/report", lateSeconds: 75.4 },
      "warning",
      "The oldest due time has waited for 75 seconds; see the platforms' logs, or have fewer due at once",
    ],
  ])("judgeSchedules() judges what was missed and what is late: case %#", (found, state, sentence) => {
    expect(judgeSchedules(found)).toEqual({ state, sentence });
  });
});

describe("judgeClock()", () => {
  test.each([
    [0, 0, "good", "The clocks of PostgreSQL and this platform agree"],
    [0, -2_000, "good", "The clocks of PostgreSQL and this platform agree"],
    [0, -7_400, "warning", "The clocks of PostgreSQL and this platform (host-1) are 7 seconds apart; set them right"],
    [9_000, 0, "warning", "PostgreSQL's clock leapt forward by 9 seconds since the last check; set it in small steps"],
    [
      9_000,
      61_000,
      "bad",
      "The clock of this platform (host-1) is 61 seconds behind that of PostgreSQL; check the time service (NTP) on both machines. Until then this platform leaves its work to others",
    ],
  ])("judgeClock() judges a leap of %d ms and a difference of %d ms", (leptMs, skewMs, state, sentence) => {
    expect(judgeClock({ leptMs, skewMs, host: "host-1" })).toEqual({ state, sentence });
  });
});
