import { expect, test } from "vitest";
import { limitPrograms } from "../../../executor/src/references/limit-programs.ts";
import { runJq } from "../../../executor/src/references/run-jq.ts";

test("limitPrograms() runs the allowed number of programs and refuses the next", async () => {
  const run = limitPrograms(runJq, 1, new AbortController().signal);
  expect(await run(".secrets.A", { secrets: { A: 1 } })).toBe(1);
  await expect(run(".secrets.A", { secrets: { A: 1 } })).rejects.toMatchObject({
    code: "REFERENCE_INVALID",
    message: "expected at most 1 jq programs in one step",
  });
});

test("limitPrograms() runs nothing once the attempt is ended", async () => {
  const run = limitPrograms(runJq, 1, AbortSignal.abort());
  await expect(run(".secrets.A", { secrets: { A: 1 } })).rejects.toMatchObject({ code: "CANCELLED" });
});
