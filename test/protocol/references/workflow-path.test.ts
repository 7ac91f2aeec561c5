import { describe, expect, test } from "vitest";
import {
  readWorkflowPath,
  splitsOf,
  workflowOpening,
} from "../../../packages/protocol/src/references/workflow-path.ts";
import { refusalOf } from "../../support/refusal.ts";

describe("readWorkflowPath()", () => {
  test("readWorkflowPath() reads a name with its fields, and where it ends", () => {
    const text = "a ${ workflow.secrets.DB.user } b";
    expect(readWorkflowPath(text, 2)).toEqual({ expression: { kind: "path", path: "DB.user" }, end: 31 });
  });

  test.each(["${workflow.secrets}", "${workflow.secrets.}", "${workflow.secrets.A b}", "${workflow.secrets.1}"])(
    "readWorkflowPath() refuses %s",
    (text) => {
      const refusal = refusalOf(() => readWorkflowPath(text, 0));
      expect(refusal).toMatchObject({ code: "REFERENCE_INVALID" });
      expect(refusal.message).toContain("character 1: expected ${workflow.secrets.NAME}");
    },
  );

  test("readWorkflowPath() refuses a path of more than 1,024 characters", () => {
    expect(readWorkflowPath(`\${workflow.secrets.${"a".repeat(1_024)}}`, 0).end).toBe(1_044);
    expect(refusalOf(() => readWorkflowPath(`\${workflow.secrets.${"a".repeat(1_025)}}`, 0)).code).toBe(
      "REFERENCE_INVALID",
    );
  });
});

test("workflowOpening finds only the form of Conductor that names secrets", () => {
  expect(workflowOpening.test("${workflow.secrets.a}")).toBe(true);
  expect(workflowOpening.test("${workflow.secretsOf.a}")).toBe(false);
  expect(workflowOpening.test("${workflow.input.a}")).toBe(false);
});

test("splitsOf() gives every split of a path, the longest name first", () => {
  expect(splitsOf("a.b.c")).toEqual([
    { name: "a.b.c", fields: [] },
    { name: "a.b", fields: ["c"] },
    { name: "a", fields: ["b", "c"] },
  ]);
});
