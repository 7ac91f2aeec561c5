import { describe, expect, it } from "vitest";
import { isReadyLine, readErrorLine } from "../../packages/cli/src/part-log.ts";

describe("isReadyLine()", () => {
  it("knows the line with which a part says that it serves", () => {
    expect(isReadyLine('{"level":30,"msg":"ready"}')).toBe(true);
    expect(isReadyLine('{"level":30,"msg":"almost ready"}')).toBe(false);
    expect(isReadyLine("ready")).toBe(false);
  });
});

describe("readErrorLine()", () => {
  it("reads sentence and code of a part's last words", () => {
    expect(readErrorLine("error: The port is taken (or so) (PORT_TAKEN)")).toMatchObject({
      code: "PORT_TAKEN",
      message: "The port is taken (or so)",
    });
  });

  it("is undefined for other lines and for codes that do not exist", () => {
    expect(readErrorLine("error: something (NO_SUCH_CODE)")).toBeUndefined();
    expect(readErrorLine("at file.js:1 (PORT_TAKEN)")).toBeUndefined();
  });
});
