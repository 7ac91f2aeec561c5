import { executionId } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { explainWaiting } from "../../../packages/platform/src/overview/waiting.ts";
import type { WaitingFacts } from "../../../packages/platform/src/overview/waiting-store.ts";

const idle: WaitingFacts = {
  id: executionId.parse("exe_00000000000000000000"),
  notBefore: null,
  isPublished: false,
  pool: "gpu",
  hasExecutor: true,
  silentSeconds: 3,
  unfit: null,
  package: { name: "report", limit: null, inFlight: 0, isArchived: false },
  project: { name: "acme", limit: null, inFlight: 0, isArchived: false, minSandbox: "none" },
  bestSandbox: "filtered",
  trouble: null,
  refusal: null,
  heldUntil: null,
  hold: undefined,
  ahead: 0,
  slots: 4,
  free: 4,
};
const limited = { ...idle, package: { name: "report", limit: 2, inFlight: 2, isArchived: false } };

describe("explainWaiting()", () => {
  test.each<[string, Partial<WaitingFacts>, string]>([
    [
      "the keyring's refusal",
      { refusal: "The keyring refused it (The keyring does not have the key)", heldUntil: new Date(0) },
      "The keyring refused it (The keyring does not have the key); it is tried again at 1970-01-01T00:00:00.000Z",
    ],
    [
      "the end of a hold, before all else",
      { hold: { since: new Date(0), by: "ops" }, notBefore: new Date(0) },
      "The platform is held since 1970-01-01T00:00:00.000Z by ops; nothing starts until: sealrun platform resume",
    ],
    [
      "an archived package, before its time",
      { package: { ...idle.package, isArchived: true }, notBefore: new Date(0) },
      "Package report is archived; it starts when that is unarchived, or can be cancelled",
    ],
    [
      "an archived project",
      { project: { ...idle.project, isArchived: true } },
      "Project acme is archived; it starts when that is unarchived, or can be cancelled",
    ],
    ["its time", { notBefore: new Date(0) }, "It starts at 1970-01-01T00:00:00.000Z at the earliest"],
    ["its package's limit", limited, "Package report runs at most 2 at once, and 2 are under way"],
    [
      "its project's limit",
      { project: { name: "acme", limit: 1, inFlight: 1, isArchived: false, minSandbox: "none" } },
      "Project acme runs at most 1 at once, and 1 are under way",
    ],
    ["NATS", { trouble: "unreachable", slots: 0, free: 0 }, "NATS cannot be reached; it starts when NATS is back"],
    ["room in NATS", { trouble: "full" }, "NATS is full; it starts when there is room"],
    [
      "a first executor",
      { hasExecutor: false, slots: 0, free: 0, silentSeconds: null },
      "Pool gpu has no executor; start one, or name another pool in the manifest",
    ],
    [
      "executors that are away",
      { slots: 0, free: 0, silentSeconds: 90 },
      "No executor of pool gpu sent a heartbeat for 90 seconds; check that one runs",
    ],
    [
      "an executor with a stronger sandbox",
      { project: { name: "acme", limit: null, inFlight: 0, isArchived: false, minSandbox: "separate-users" } },
      "Project acme requires the sandbox level separate-users, and the executors of pool gpu reach filtered at most; start one that reaches it, or name another pool in the manifest",
    ],
    [
      "executors that drain",
      { slots: 0, free: 0, silentSeconds: null },
      "Every executor of pool gpu has stopped taking work; start another one",
    ],
    [
      "executors whose machines are not fit",
      {
        slots: 0,
        free: 0,
        unfit: { executor: "exr_1", trouble: { code: "DISK_FULL", message: "No space is left" } },
      },
      "No executor of pool gpu can take work now; exr_1 says: No space is left (DISK_FULL)",
    ],
    [
      "an executor that is fit before one that is not",
      { free: 0, unfit: { executor: "exr_1", trouble: { code: "DISK_FULL", message: "No space is left" } } },
      "All 4 slots of pool gpu are busy; it is next",
    ],
    [
      "what comes after a refusal whose time is over",
      { refusal: "The keyring refused it (no key)", free: 0 },
      "All 4 slots of pool gpu are busy; it is next",
    ],
    ["a free slot, next", { free: 0 }, "All 4 slots of pool gpu are busy; it is next"],
    ["a free slot, second", { free: 0, slots: 1, ahead: 1 }, "The one slot of pool gpu is busy; 1 waits before it"],
    ["a free slot, far", { free: 0, ahead: 7 }, "All 4 slots of pool gpu are busy; 7 wait before it"],
    [
      "a free slot, very far",
      { free: 0, ahead: 1_001 },
      "All 4 slots of pool gpu are busy; more than 1000 wait before it",
    ],
    ["being taken", { isPublished: true }, "It is offered to the executors of pool gpu and waits to be taken"],
    [
      "being taken, at the limit by itself",
      { ...limited, isPublished: true },
      "It is offered to the executors of pool gpu and waits to be taken",
    ],
    ["its turn", { ahead: 2 }, "Pool gpu has room; 2 wait before it"],
  ])("explainWaiting() names %s", (_, facts, sentence) => {
    expect(explainWaiting({ ...idle, ...facts })).toBe(sentence);
  });
});
