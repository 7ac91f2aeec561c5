import { expect, test } from "vitest";
import { explainPipFailure } from "../../../executor/src/dependencies/pip-failure.ts";

const index = "https://pypi.example/simple";
const none = "ERROR: Could not find a version that satisfies the requirement a==1 (from versions: none)";

function retrying(reason: string): string {
  return `WARNING: Retrying (Retry(total=0)) after connection broken by '${reason}': /simple/a/\n${none}\n`;
}

test.each([
  [
    "NewConnectionError('<x>: Failed to establish a new connection: [Errno 111] Connection refused')",
    "Connection refused",
  ],
  ["NewConnectionError('<x>: [Errno -2] Name or service not known')", "Name or service not known"],
  ["SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))", "SSLError"],
  ["ReadTimeoutError('x')", "ReadTimeoutError"],
  ["ProxyError('Cannot connect to proxy.')", "ProxyError"],
])("explainPipFailure() reads %s as an index that cannot be reached", (reason, shown) => {
  expect(explainPipFailure(retrying(reason), index)).toMatchObject({
    code: "REGISTRY_UNREACHABLE",
    message: expect.stringContaining(`The executor could not reach pypi.example (${shown}); `),
  });
});

test("explainPipFailure() says what to do about an unknown authority", () => {
  expect(explainPipFailure(retrying("SSLError(1)"), index).message).toMatch(
    /; give it the registry's authority with dependencies\.extraCaFile, or push the package with its wheels in wheels\/$/,
  );
});

test("explainPipFailure() says what to do when there is no wheel", () => {
  expect(explainPipFailure(none, index).message).toMatch(
    /only wheels are installed.*choose a version that has a wheel$/,
  );
  expect(explainPipFailure(none, undefined).message).toMatch(/; put its wheel into wheels\/$/);
});

test("explainPipFailure() says what to install when Python has no pip", () => {
  expect(explainPipFailure("/usr/bin/python3: No module named pip\n", index)).toMatchObject({
    code: "INTERPRETER_MISSING",
    message: expect.stringContaining("install python3-pip"),
  });
});

test("explainPipFailure() quotes pip's first error, and has a sentence when pip says nothing", () => {
  const said = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\nERROR: more";
  expect(explainPipFailure(`Collecting a\n${said}`, index)).toMatchObject({
    code: "DEPENDENCIES_FAILED",
    message:
      "pip could not install the requirements: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
  });
  expect(explainPipFailure("", index).message).toContain("it ended without saying why");
});

test.each([
  [28, "DISK_FULL"],
  [24, "MACHINE_FAILED"],
  [2, "DEPENDENCIES_FAILED"],
])("explainPipFailure() knows whose fault an error number %i is", (number, expected) => {
  const said = `ERROR: Could not install packages due to an OSError: [Errno ${number}] why`;
  expect(explainPipFailure(said, undefined).code).toBe(expected);
});
