import { type PackageOverview, projectOverview } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { findAttention } from "../../../../packages/web/src/pages/home/attention.ts";

const at = "2026-11-21T10:00:00.000Z";

function overview(name: string, change: Partial<Record<keyof PackageOverview, unknown>> = {}): PackageOverview {
  const plain = {
    id: `pkg_${"0".repeat(20)}`,
    name,
    version: 1,
    pushedAt: at,
    description: "",
    tags: [],
    steps: 1,
    canRun: true,
    hasParameters: false,
    lastRun: null,
    recent: [],
    missing: [],
    nextAt: null,
  };
  const [row] = projectOverview.parse({ packages: [{ ...plain, ...change }] }).packages;
  if (row === undefined) throw new TypeError("one package was given");
  return row;
}

const run = (status: string, waiting: string | null = null): unknown => ({
  id: `exe_${"1".repeat(20)}`,
  project: "acme",
  package: "report",
  version: 1,
  status,
  createdAt: at,
  startedAt: status === "queued" ? null : at,
  finishedAt: status === "failed" || status === "lost" || status === "succeeded" ? "2026-11-21T10:01:00.000Z" : null,
  trigger: { kind: "request" },
  executor: null,
  waiting,
});

test("findAttention() leaves out packages that never ran, run, or ran well", () => {
  const packages = [
    overview("new"),
    overview("busy", { lastRun: run("running") }),
    overview("good", { lastRun: run("succeeded") }),
  ];
  expect(findAttention(packages)).toEqual([]);
});

test("findAttention() names a last run that failed or was lost, with its end", () => {
  const found = findAttention([
    overview("one", { lastRun: run("failed") }),
    overview("other", { lastRun: run("lost") }),
  ]);
  expect(found.map(({ package: name, reasons }) => [name, reasons[0]])).toMatchObject([
    ["one", { kind: "ended", status: "failed", at: "2026-11-21T10:01:00.000Z" }],
    ["other", { kind: "ended", status: "lost" }],
  ]);
});

test("findAttention() has a package whose run left the queue while the platform answered, as the count of projects does", () =>
  expect(findAttention([overview("soon", { lastRun: run("queued") })])).toMatchObject([
    { package: "soon", reasons: [{ kind: "waiting", sentence: "It starts now" }] },
  ]));

test("findAttention() gives every reason of one package together", () => {
  const missing = [{ name: "TOKEN", askedBy: "manifest", where: "main.sh" }];
  const [found] = findAttention([overview("both", { lastRun: run("queued", "Pool gpu has no executor"), missing })]);
  expect(found?.reasons).toMatchObject([
    { kind: "waiting", sentence: "Pool gpu has no executor" },
    { kind: "missing", names: missing },
  ]);
});
