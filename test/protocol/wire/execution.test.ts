import { executionStatus, isFinal } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("isFinal() is true for each status but queued and running", () => {
  expect(executionStatus.options.filter((status) => !isFinal(status))).toEqual(["queued", "running"]);
});
