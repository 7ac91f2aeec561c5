import { expect, test } from "vitest";
import {
  countProcesses,
  processKinds,
  sightingsInProcesses,
} from "../../../packages/cli/src/prove/process-sightings.ts";

const found = (place: string) => ({ value: "control", encoding: "raw", place });
const seen = { commandLines: 7, environments: 5, findings: [found("command line"), found("environment")] };

test("sightingsInProcesses() tells command lines from environments", () => {
  expect(sightingsInProcesses(seen).map(({ kind, place }) => [kind, place])).toEqual([
    ["command lines", "command line"],
    ["environments", "environment"],
  ]);
});

test("countProcesses() has a number for each kind", () => {
  expect(countProcesses(seen)).toEqual([
    { kind: "command lines", count: 7 },
    { kind: "environments", count: 5 },
  ]);
  expect(countProcesses(seen).map(({ kind }) => kind)).toEqual(processKinds);
});
