import { PassThrough } from "node:stream";
import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { createOutput, type Output } from "../../packages/cli/src/output.ts";

/** What an output writes to its two streams. */
function open(isTTY: boolean): {
  readonly output: Output;
  readonly stdout: () => string;
  readonly stderr: () => string;
} {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const textOf = (stream: PassThrough) => () => String(stream.read() ?? "");
  const asTerminal = (stream: PassThrough) => Object.assign(stream, { isTTY });
  return { output: createOutput(asTerminal(out), asTerminal(err)), stdout: textOf(out), stderr: textOf(err) };
}

test("createOutput().fail() writes one line, whatever the sentence holds", () => {
  const { output, stderr, stdout } = open(false);
  output.fail(new SealrunError("USAGE", "one\n  two\u001b[2J"), false);
  expect(stderr()).toBe("error: one; two\\u{1b}[2J (USAGE)\n");
  expect(stdout()).toBe("");
});

test("createOutput().fail() writes JSON when asked", () => {
  const { output, stderr } = open(false);
  output.fail(new SealrunError("USAGE", "one"), true);
  expect(stderr()).toBe('{"error":{"code":"USAGE","message":"one"}}\n');
});

test("createOutput().foreign() keeps bytes for a file and makes them safe for a terminal", () => {
  const [file, terminal] = [open(false), open(true)];
  file.output.foreign("\u001b[2Jx");
  terminal.output.foreign("\u001b[2Jx");
  expect(file.stdout()).toBe("\u001b[2Jx\n");
  expect(terminal.stdout()).toBe("\\u{1b}[2Jx\n");
});

test("createOutput().foreign() keeps the label of a line that writes over itself", () => {
  const [file, terminal] = [open(false), open(true)];
  for (const { output } of [file, terminal]) output.foreign("10%\r50%\r", "[main.py] ");
  expect(file.stdout()).toBe("[main.py] 10%\r50%\r\n");
  expect(terminal.stdout()).toBe("[main.py] 50%\n");
});

test("createOutput().line() keeps the lines of a text on a terminal", () => {
  const { output, stdout } = open(true);
  output.line("one\n\ttwo");
  expect(stdout()).toBe("one\n\ttwo\n");
});

test("createOutput().progress() shows nothing when the output is no terminal", () => {
  const { output, stderr } = open(false);
  output.progress("waiting")();
  expect(stderr()).toBe("");
});

test("createOutput().table() aligns columns", () => {
  const { output, stdout } = open(false);
  output.table(["A", "LONG"], [["value", "x"]]);
  expect(stdout()).toBe("A      LONG\nvalue  x\n");
});
