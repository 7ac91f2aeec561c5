import { createHash } from "node:crypto";
import { SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkAnnounced, checkUpload } from "../../../packages/platform/src/push/check-upload.ts";
import { refusalOf } from "../../support/refusal.ts";
import type { UploadedFile } from "../../../packages/platform/src/packages/checked-version.ts";

const file = (path: string, text: string, executable = false): UploadedFile => {
  const bytes = Buffer.from(text);
  return { path, bytes, sha256: createHash("sha256").update(bytes).digest("hex"), executable };
};

describe("checkUpload()", () => {
  test("checkUpload() gives another digest for another path, byte, order or executable bit", () => {
    const files = [file("a.py", "1"), file("b.py", "2")];
    const digests = [
      files,
      files.toReversed(),
      [file("a.py", "1"), file("c.py", "2")],
      [file("a.py", "1"), file("b.py", "3")],
      [file("a.py", "1")],
      [file("a.py", "1", true), file("b.py", "2")],
    ].map((given) => checkUpload(given).digest);
    expect(new Set(digests).size).toBe(digests.length);
    expect(checkUpload(files).digest).toBe(digests[0]);
  });

  test("checkUpload() refuses files without a script, and says that a flow document is none", () => {
    expect(refusalOf(() => checkUpload([file("readme.txt", "")])).message).toContain("Expected a script");
    const upload = [file("get.yaml", "direktiv_api: workflow/v1\nstates:\n")];
    expect(refusalOf(() => checkUpload(upload)).message).toContain('"get.yaml" looks like a Direktiv workflow');
  });

  test("checkUpload() refuses or accepts any paths and texts, only with errors of the table", () => {
    const paths = fc.oneof(
      fc.string(),
      fc.constantFrom("a.py", "manifest.json", "config.json", "parameters.json", "x/../y"),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(paths, fc.string()), { maxLength: 6 }), (given) => {
        try {
          checkUpload(given.map(([path, text]) => file(path, text)));
        } catch (error) {
          if (!(error instanceof SealrunError) || error.code === "INTERNAL") throw error;
        }
      }),
    );
  });
});

describe("checkAnnounced()", () => {
  const files = [file("a.py", "1"), file("b.py", "2")];
  const announced = files.map(({ path, sha256, bytes }) => ({ path, sha256, size: bytes.length }));

  test("checkAnnounced() accepts exactly what was announced", () => {
    expect(() => checkAnnounced(files, announced)).not.toThrow();
  });

  test.each([
    ["a missing file", files.slice(0, 1), "b.py"],
    ["an extra file", [...files, file("c.py", "3")], "c.py"],
    ["another order", files.toReversed(), "b.py"],
    ["another byte", [file("a.py", "9"), file("b.py", "2")], "a.py"],
  ])("checkAnnounced() refuses %s and names it", (_what, given, path) => {
    expect(() => checkAnnounced(given, announced)).toThrow(path);
  });
});
