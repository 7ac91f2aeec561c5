import { describe, expect, it } from "vitest";
import { createMasker } from "../../../../executor/src/mask/masker.ts";
import { createOutputGate } from "../../../../executor/src/worker/output/output-gate.ts";
import { createStepOutput } from "../../../../executor/src/worker/output/step-output.ts";

function collect(maxBytes = 1_000) {
  const lines: string[] = [];
  const masker = createMasker();
  const gate = createOutputGate({
    pace: { take: () => 0 },
    signal: new AbortController().signal,
  });
  gate.restart({ maxBytes, onFull: async (bytes) => void lines.push(`full at ${bytes}`) });
  const output = createStepOutput({
    stream: "stdout",
    masker,
    gate,
    line: async (stream, text) => void lines.push(`${stream}: ${text}`),
  });
  return { lines, masker, output };
}

describe("createStepOutput()", () => {
  it("masks a value that is split over two writes", async () => {
    const { lines, masker, output } = collect();
    masker.add("correct horse battery");
    await output.write(Buffer.from("pass: correct ho"));
    await output.write(Buffer.from("rse battery\n"));
    await output.end();
    expect(lines).toEqual(["stdout: pass: ***"]);
  });

  it("counts what it reads and 64 bytes for each line, and drops lines over the budget", async () => {
    const { lines, output } = collect(149);
    await output.write(Buffer.from("1234567\nmore\nand more\n"));
    await output.end();
    expect(lines).toEqual(["stdout: 1234567", "full at 150"]);
  });

  it("counts a line that never ends", async () => {
    const { lines, output } = collect(100);
    await output.write(Buffer.alloc(60, "x"));
    await output.write(Buffer.alloc(60, "x"));
    await output.end();
    expect(lines).toEqual(["full at 120"]);
  });
});
