import { defineConfig } from "vitest/config";

/** Workspace packages are read from their sources: no build stands between an edit and its test. */
const ssr = { resolve: { conditions: ["@sealrun/source"] } };

/** Rooms whose tests start real processes: a script, a sandbox, a database, a NATS server or a whole platform. */
const onRealParts = [
  "test/{cli,examples,keyring,nats,platform,postgres,sdk,sdk-python,whole}/**/*.test.ts",
  "test/executor/{bootstrap,bundle,child,dependencies,enrol,jobs,references}/**/*.test.ts",
  "test/docs/http-api.test.ts",
];

/** Whole clusters of processes that are killed, stopped and cut off: one after the other, so that each has both cores. */
const underFaults = ["test/{faults,soak}/**/*.test.ts", "test/whole/{cron,nothing-lost}.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        ssr,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...onRealParts, ...underFaults],
        },
      },
      {
        ssr,
        test: {
          name: "parts",
          include: onRealParts,
          exclude: underFaults,
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
      {
        ssr,
        test: {
          name: "faults",
          include: underFaults,
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
