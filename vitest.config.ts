import { defineConfig } from "vitest/config";
import { FileOrder } from "./test/support/file-order.ts";

/** Workspace packages are read from their sources: no build stands between an edit and its test. */
const ssr = { resolve: { conditions: ["@sealrun/source"] } };

/** Rooms whose tests start real processes: a script, a sandbox, a database, a NATS server or a whole platform. */
const onRealParts = [
  "test/{cli,examples,keyring,nats,platform,postgres,sdk,sdk-python,whole}/**/*.test.ts",
  "test/executor/{bootstrap,bundle,child,dependencies,enrol,isolation,self-attack,supervisor,worker,references}/**/*.test.ts",
  "test/executor/mask/real-programs.test.ts",
  "test/docs/http-api.test.ts",
];

/** Whole clusters of processes that are killed, stopped and cut off. */
const underFaults = ["test/faults/**/*.test.ts", "test/whole/{cron,nothing-lost}.test.ts"];

/** Random faults for a while. A long one says how soon all has ended, so it runs after everything else, by itself. */
const soak = ["test/soak/**/*.test.ts"];
const isLongSoak = process.env["SOAK_SECONDS"] !== undefined;

/** Counts of what parts send, which a busy machine changes; and scripts that take all of a machine, which would make it busy for others. */
const alone = [
  "test/whole/cost.test.ts",
  "test/executor/child/limits/hogs.test.ts",
  "test/whole/attacks/resources.test.ts",
];

/** Pages in a real Chromium, of a real platform. */
const inBrowser = ["test/web/browser/**/*.test.ts"];

/** Files at once, of all projects together: they wait for processes half of their time. */
const maxWorkers = 3;

/** One process for many files: what they share is read once. Only clusters keep something for a whole file in shared modules. */
const isolate = false;

/** What is asked again until it is so comes when it comes, however busy the machine is; without this, vitest waits 1 s. */
const expect = { poll: { timeout: 60_000 } };

export default defineConfig({
  test: {
    sequence: { sequencer: FileOrder },
    projects: [
      {
        ssr,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...onRealParts, ...underFaults, ...soak, ...inBrowser, ...alone],
          isolate,
          // Only what hangs is ended: other files, and other programs, use the same cores.
          testTimeout: 60_000,
          expect,
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
          setupFiles: ["test/support/close-descriptors-setup.ts", "test/support/quick-polls.ts"],
          isolate,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          expect,
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
          expect,
          maxWorkers,
        },
      },
      {
        ssr,
        test: {
          name: "soak",
          include: soak,
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect,
          maxWorkers: isLongSoak ? 1 : maxWorkers,
          sequence: { groupOrder: isLongSoak ? 3 : 0 },
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
          expect,
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
          expect,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
