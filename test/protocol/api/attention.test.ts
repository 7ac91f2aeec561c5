import { expect, test } from "vitest";
import { attentionKinds } from "../../../packages/protocol/src/api/attention.ts";

test("attentionKinds() has none for a package that never ran, runs, ran well or was cancelled, and is missing nothing", () => {
  for (const lastStatus of [undefined, "running", "succeeded", "cancelled"] as const) {
    expect(attentionKinds({ lastStatus, missing: 0 })).toEqual([]);
  }
});

test("attentionKinds() says that a run failed, was lost or waits, and that secrets are missing", () => {
  expect(attentionKinds({ lastStatus: "failed", missing: 0 })).toEqual(["ended"]);
  expect(attentionKinds({ lastStatus: "lost", missing: 0 })).toEqual(["ended"]);
  expect(attentionKinds({ lastStatus: "queued", missing: 2 })).toEqual(["waiting", "missing"]);
  expect(attentionKinds({ lastStatus: undefined, missing: 1 })).toEqual(["missing"]);
});
