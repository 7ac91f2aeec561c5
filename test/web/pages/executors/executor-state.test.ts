import { executorList } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { sortExecutors, stateOf } from "../../../../packages/web/src/pages/executors/executor-state.ts";

const plain = {
  pool: "default",
  enrolledAt: "2026-11-20T10:00:00Z",
  lastSeenAt: "2026-11-21T10:00:00Z",
  running: 0,
  slots: 2,
  isLive: true,
  isDraining: false,
  trouble: null,
  revokedAt: null,
};
const { executors } = executorList.parse({
  executors: [
    { ...plain, id: "revoked", isLive: true, revokedAt: "2026-11-21T09:00:00Z" },
    { ...plain, id: "absent", isLive: false },
    { ...plain, id: "draining", isDraining: true },
    { ...plain, id: "unfit", trouble: { code: "DISK_FULL", message: "No space is left" } },
    { ...plain, id: "live", lastSeenAt: "2026-11-21T10:00:01Z" },
    { ...plain, id: "live-earlier" },
    { ...plain, id: "elsewhere", pool: "gpu" },
  ],
});

test("stateOf() says the state that matters most", () => {
  expect(executors.map(stateOf)).toEqual(["revoked", "absent", "draining", "unfit", "live", "live", "live"]);
});

test("sortExecutors() keeps one pool, live executors first, then by the last heartbeat", () => {
  expect(sortExecutors(executors, "default").map(({ id }) => id)).toEqual([
    "live",
    "live-earlier",
    "unfit",
    "draining",
    "absent",
    "revoked",
  ]);
});
