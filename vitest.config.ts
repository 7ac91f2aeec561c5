import { defineConfig } from "vitest/config";
import { FileOrder } from "./test/support/file-order.ts";

/** Workspace packages are read from their sources: no build stands between an edit and its test. */
const ssr = { resolve: { conditions: ["@sealrun/source"] } };

/** Rooms whose tests start real processes: a script, a sandbox, a database, a NATS server or a whole platform. */
const onRealParts = [
  "test/{cli,examples,keyring,nats,platform,postgres,sdk,sdk-python,whole}/**/*.test.ts",
  "test/executor/{bootstrap,bundle,child,dependencies,enrol,supervisor,worker,references}/**/*.test.ts",
  "test/docs/http-api.test.ts",
];

/** Whole clusters of processes that are killed, stopped and cut off. */
const underFaults = ["test/{faults,soak}/**/*.test.ts", "test/whole/{cron,nothing-lost}.test.ts"];

/** Counts of what parts send, which a busy machine changes. */
const alone = ["test/whole/cost.test.ts"];

/** Pages in a real Chromium, of a real platform. */
const inBrowser = ["test/web/browser/**/*.test.ts"];

/** Files at once, of all projects together: they wait for processes half of their time. */
const maxWorkers = 3;

/** One process for many files: what they share is read once. Only clusters keep something for a whole file in shared modules. */
const isolate = false;

export default defineConfig({
  test: {
    sequence: { sequencer: FileOrder },
    projects: [
      {
        ssr,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...onRealParts, ...underFaults, ...inBrowser, ...alone],
          isolate,
          // Only what hangs is ended: other files, and other programs, use the same cores.
          testTimeout: 60_000,
          maxWorkers,
        },
      },
      {
        ssr,
        test: {
          name: "parts",
          include: onRealParts,
          exclude: [...underFaults, ...alone],
          globalSetup: ["test/support/global-setup.ts"],
          isolate,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          maxWorkers,
        },
      },
      {
        ssr,
        test: {
          name: "faults",
          include: underFaults,
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers,
        },
      },
      {
        ssr,
        test: {
          name: "browser",
          include: inBrowser,
          globalSetup: [
            "test/support/global-setup.ts",
            "test/support/chromium-setup.ts",
            "test/support/shared-stage-setup.ts",
          ],
          isolate,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          // A page says what it has to say when it comes to it, however busy the machine is.
          expect: { poll: { timeout: 60_000 } },
          // Alone, after the others: a browser draws on both cores.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ssr,
        test: {
          name: "alone",
          include: alone,
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
