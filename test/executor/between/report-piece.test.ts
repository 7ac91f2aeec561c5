import type { ReportItem } from "@sealrun/protocol";
import { parseJson } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { createPiece, packItems } from "../../../executor/src/between/report-piece.ts";

const line: ReportItem = { type: "log", step: 0, stream: "stdout", text: "a\nb", time: 1 };
const started: ReportItem = { type: "step-started", step: 0, time: 1 };
const ended = { step: 0, status: "failed", exitCode: 3, durationMs: 1, error: { code: "A", message: "b" } } as const;
const finished: ReportItem = { type: "step-finished", ...ended, time: 2, result: { large: true } };

describe("packItems()", () => {
  test("packItems() keeps items in order, and tells how steps ended without their results", () => {
    const piece = packItems([started, line, finished]);
    expect(parseJson(`[${Buffer.from(piece.items).toString()}]`)).toEqual([started, line, finished]);
    expect(piece.ends).toEqual([ended]);
  });

  test.each([
    ["a line", [started, line, finished], "line"],
    ["the end of a step", [started, finished], "quiet"],
    ["only the start of a step", [started], "start"],
  ] as const)("packItems() is as urgent as its most urgent item: %s", (_, items, urgency) => {
    expect(packItems(items).urgency).toBe(urgency);
  });
});

describe("createPiece()", () => {
  test("createPiece() counts the characters of JSON, which are what a message holds", () => {
    const piece = createPiece();
    for (let number = 0; number < 1_000; number += 1) piece.add({ ...line, text: "" });
    expect(piece.bytes()).toBe(piece.pack().items.length + 1);
  });
});
