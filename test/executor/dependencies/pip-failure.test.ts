import { expect, test } from "vitest";
import { explainPipFailure, linesBesidePipFailure } from "../../../executor/src/dependencies/pip-failure.ts";

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

test("explainPipFailure() says where there is no wheel that fits, and what to do", () => {
  expect(explainPipFailure(none, index).message).toBe(
    "pypi.example has no wheel of a==1 that fits the executor's Python and machine; only wheels are installed, so that no code of a package runs: choose a version that has a wheel",
  );
  expect(explainPipFailure(none, undefined).message).toBe(
    "wheels/ has no wheel of a==1 that fits the executor's Python and machine; put its wheel into wheels/",
  );
  expect(explainPipFailure(none.replace("none", "1.1, 2.0"), index).message).toContain(
    "and machine, only of the versions 1.1, 2.0; only",
  );
});

// As pip 24.2 prints it.
const conflict = {
  stdout: `Collecting aa==1.0 (from -r r.txt (line 1))
INFO: pip is looking at multiple versions of bb to determine which version is compatible with other requirements.

The conflict is caused by:
    aa 1.0 depends on cc<2
    bb 1.0 depends on cc>=2

To fix this you could try to:
1. loosen the range of package versions you've specified
`,
  stderr: `ERROR: Cannot install -r r.txt (line 1) and -r r.txt (line 2) because these package versions have conflicting dependencies.
ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/
`,
};

test("explainPipFailure() says why versions contradict each other", () => {
  const failure = explainPipFailure(`${conflict.stderr}\n${conflict.stdout}`, index);
  expect(failure.message).toBe(
    "The versions in requirements.txt contradict each other: aa 1.0 depends on cc<2; bb 1.0 depends on cc>=2; change one of them",
  );
  expect(linesBesidePipFailure(conflict, failure)).toEqual([]);
});

test.each([
  ["an index that cannot be reached", retrying("NewConnectionError('<x>: [Errno 111] Connection refused')"), []],
  ["no wheel", `${none}\nERROR: No matching distribution found for a==1\n`, []],
  [
    "another hash",
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES.\n    a==1 from https://x/a.whl:\n        Expected sha256 00\n             Got        11\n",
    ["    a==1 from https://x/a.whl:", "        Expected sha256 00", "             Got        11"],
  ],
])("linesBesidePipFailure() leaves out what the sentence says: %s", (_what, stderr, lines) => {
  expect(linesBesidePipFailure({ stdout: "Looking in indexes", stderr }, explainPipFailure(stderr, index))).toEqual(
    lines,
  );
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
