import { expect, test } from "vitest";
import { closeLabels } from "../../../packages/telemetry/src/metrics/labels.ts";

const sets = { status: ["succeeded", "failed"], code: ["none"] };

test("closeLabels() keeps listed values", () => {
  expect(closeLabels(sets, { status: "failed", code: "none" })).toEqual({ status: "failed", code: "none" });
});

test("closeLabels() gives other for a value that is not listed or missing, and drops unknown labels", () => {
  expect(closeLabels(sets, { status: 'x"}\nforged 1', secret: "s3cret" })).toEqual({ status: "other", code: "other" });
});
