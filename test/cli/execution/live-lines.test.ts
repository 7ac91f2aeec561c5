import { PassThrough } from "node:stream";
import type { EarlyLine, LiveEvent } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { createLiveLines } from "../../../packages/cli/src/execution/live-lines.ts";
import { createOutput } from "../../../packages/cli/src/output.ts";

const line = (text: string): EarlyLine => ({ step: "a.sh", stream: "stdout", level: null, text, time: "t" });
const early = (text: string): LiveEvent => ({ kind: "early", line: line(text) });
const log = (text: string): LiveEvent => ({ kind: "log", line: { cursor: "1", ...line(text) } });
const end: LiveEvent = { kind: "end", status: "succeeded" };

const failed = "pypi.example has no wheel of a==1";
const refused: LiveEvent = {
  kind: "log",
  line: { cursor: "2", step: null, stream: "system", level: "error", text: failed, time: "t" },
};

function show(
  events: readonly LiveEvent[],
  told?: string,
): {
  readonly printed: readonly string[];
  readonly notes: readonly string[];
} {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const lines = createLiveLines(createOutput(stdout, stderr));
  for (const event of events) lines.print(event);
  lines.close(told);
  const read = (stream: PassThrough): readonly string[] =>
    String(stream.read() ?? "")
      .split("\n")
      .slice(0, -1);
  return { printed: read(stdout), notes: read(stderr) };
}

describe("createLiveLines()", () => {
  test("createLiveLines() prints an early line once, before the others", () => {
    expect(show([early("one"), log("one"), log("two"), end])).toEqual({
      printed: ["[a.sh] one", "[a.sh] two"],
      notes: [],
    });
  });

  test("createLiveLines() prints an early line once when it comes again after a reconnect", () => {
    expect(show([early("one"), early("one"), log("one"), end])).toEqual({ printed: ["[a.sh] one"], notes: [] });
  });

  test("createLiveLines() prints two equal lines that are stored, of which one was early", () => {
    expect(show([early("one"), log("one"), log("one"), end]).printed).toEqual(["[a.sh] one", "[a.sh] one"]);
  });

  test("createLiveLines() says that other output was stored before an early line", () => {
    const { printed, notes } = show([early("one"), log("zero"), log("one"), end]);
    expect(printed).toEqual(["[a.sh] one", "[a.sh] zero", "[a.sh] one"]);
    expect(notes).toEqual([
      "the last line above was shown when it arrived; other output was stored before it, and the log continues here as it is stored",
    ]);
  });

  test.each([
    ["at the end", [early("one"), end]],
    ["when following stops", [early("one")]],
    ["when another line is early", [early("one"), early("two"), log("two"), end]],
  ])("createLiveLines() says that an early line is not known to be stored: %s", (_when, events) => {
    expect(show(events).notes).toEqual([
      "the last line above was shown when it arrived; the platform has not confirmed that it is stored",
    ]);
  });

  test("createLiveLines() leaves out a last line that the command ends with, and only that", () => {
    expect(show([log("one"), refused, end], failed).printed).toEqual(["[a.sh] one"]);
    expect(show([refused, end], "something else").printed).toEqual([`[sealrun] ${failed}`]);
    expect(show([refused, end]).printed).toEqual([`[sealrun] ${failed}`]);
    expect(show([refused, log("one"), end], failed).printed).toEqual([`[sealrun] ${failed}`, "[a.sh] one"]);
  });
});
