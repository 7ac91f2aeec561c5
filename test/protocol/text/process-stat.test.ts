import { expect, test } from "vitest";
import { readProcessFields, readProcessStart } from "../../../packages/protocol/src/text/process-stat.ts";

const stat = (state: string): string =>
  `4 (a) b (c) ${state} 2 3 77 0 -1 4194304 13017 0 4 0 11 12 13 14 20 0 5 0 60604 64286720 14256`;

test("readProcessFields() begins behind the name, whatever the process is called", () => {
  expect(readProcessFields(stat("S")).slice(0, 4)).toEqual(["S", "2", "3", "77"]);
  expect(readProcessFields("")).toEqual([]);
});

test("readProcessStart() reads when a process began, and nothing of one that has ended", () => {
  expect(readProcessStart(stat("S"))).toBe("60604");
  for (const text of [stat("Z"), stat("X"), "", "4 (a)"]) expect(readProcessStart(text)).toBeUndefined();
});
