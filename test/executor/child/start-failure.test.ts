import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { describeNoStart, describeStart, withReason } from "../../../executor/src/child/start-failure.ts";

const ofFile = (code: string): Error => Object.assign(new Error(`${code}: no such file`), { code });

test("describeStart() blames the package for a script that is gone once another script has started", () => {
  for (const code of ["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "ENXIO"]) {
    const cause = ofFile(code);
    expect(describeStart(cause, "b.py", { hasStarted: true })).toMatchObject({ code: "PACKAGE_INVALID", cause });
    expect(describeStart(cause, "b.py", { hasStarted: false })).toMatchObject({ code: "INTERNAL", cause });
  }
});

test("describeStart() keeps every other error", () => {
  const known = new SealrunError("INTERPRETER_MISSING", "b.py needs Python 3");
  expect(describeStart(known, "b.py", { hasStarted: true })).toBe(known);
  expect(describeStart(ofFile("EIO"), "b.py", { hasStarted: true }).code).toBe("INTERNAL");
  expect(describeStart(ofFile("ENOSPC"), "b.py", { hasStarted: true }).code).toBe("DISK_FULL");
});

test("withReason() adds what bubblewrap said to the error of a sandbox that ended", () => {
  const error = describeNoStart("b.py", 1);
  expect(withReason(error, "bwrap: no")).toMatchObject({ message: `${error.message} (bwrap: no)` });
  expect(withReason(error, "other")).toBe(error);
  expect(describeNoStart("b.py", 69).code).toBe("INTERPRETER_MISSING");
});
