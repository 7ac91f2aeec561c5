import { expect, test } from "vitest";
import { explainNpmFailure, linesBesideNpmFailure } from "../../../executor/src/dependencies/npm-failure.ts";

const registry = "https://registry.example/npm/";

const checkNetwork = "check its network and its registry setting";
const giveAuthority = "give it the registry's authority with dependencies.extraCaFile";

test.each([
  [
    "ENOTFOUND",
    "network request to https://registry.example/pg failed, reason: getaddrinfo ENOTFOUND registry.example",
    checkNetwork,
  ],
  ["ECONNREFUSED", "FetchError: request to https://registry.example/pg failed", checkNetwork],
  ["EAI_AGAIN", "request failed", checkNetwork],
  ["ERR_SOCKET_TIMEOUT", "network Socket timeout", checkNetwork],
  ["SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain", giveAuthority],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate", giveAuthority],
  ["E503", "503 Service Unavailable - GET https://registry.example/pg", checkNetwork],
])("explainNpmFailure() reads %s as a registry that cannot be reached", (code, line, advice) => {
  expect(
    explainNpmFailure(`npm error code ${code}\nnpm error errno ${code}\nnpm error ${line}\n`, registry),
  ).toMatchObject({
    code: "REGISTRY_UNREACHABLE",
    message: `The executor could not reach registry.example (${code}); ${advice}, or push the package with node_modules`,
  });
});

test.each([
  [
    "code ETARGET\nnpm error notarget No matching version found for pg@9.",
    "No matching version found for pg@9. (ETARGET)",
  ],
  ["code E404\nnpm error 404 Not Found - GET https://x/y - gone", "Not Found - GET https://x/y - gone (E404)"],
  [
    `code EBADPLATFORM\nnpm error notsup Unsupported platform for a@1: wanted {"os":"darwin"} (current: {"os":"linux"})`,
    `Unsupported platform for a@1: wanted {"os":"darwin"} (current: {"os":"linux"}) (EBADPLATFORM); use a package that runs on the executor's machine, or make it optional`,
  ],
  ["Exit handler never called!", "Exit handler never called!"],
])("explainNpmFailure() quotes npm's first sentence: %j", (said, sentence) => {
  const trailer = "npm error Log files were not written due to the config logs-max=0\n";
  expect(explainNpmFailure(`npm error ${said}\n${trailer}`, registry)).toMatchObject({
    code: "DEPENDENCIES_FAILED",
    message: `npm could not install the dependencies: ${sentence}`,
  });
});

test("explainNpmFailure() says what to do about a lock file that does not fit, and about a wrong hash", () => {
  expect(explainNpmFailure("npm error code EUSAGE\nnpm error\nnpm error `npm ci` can", registry).message).toBe(
    "package-lock.json does not fit package.json; run npm install --package-lock-only and push both",
  );
  expect(explainNpmFailure("npm error code EINTEGRITY\nnpm error sha512-x", registry).message).toContain(
    "from registry.example does not have the hash in package-lock.json",
  );
});

test("explainNpmFailure() has a sentence when npm says nothing", () => {
  expect(explainNpmFailure("", registry).message).toBe(
    "npm could not install the dependencies: it ended without saying why",
  );
});

test.each([
  ["ENOSPC", "DISK_FULL"],
  ["EROFS", "MACHINE_FAILED"],
  ["EMFILE", "MACHINE_FAILED"],
  ["ENOMEM", "MACHINE_FAILED"],
  ["EACCES", "DEPENDENCIES_FAILED"],
])("explainNpmFailure() knows whose fault %s is", (code, expected) => {
  const said = `npm error code ${code}\nnpm error syscall write\nnpm error errno -28\nnpm error nospc no space left\n`;
  expect(explainNpmFailure(said, registry).code).toBe(expected);
});

test.each([
  " The requested resource 'gone@1.0.0' could not be found or you do not have permission to access it.",
  " 'gone@1.0.0' is not in this registry.",
])("explainNpmFailure() names a package that the registry does not have: %j", (said) => {
  const stderr = `npm error code E404\nnpm error 404 Not Found - GET https://x/gone\nnpm error 404 ${said}\n`;
  expect(explainNpmFailure(stderr, registry)).toMatchObject({
    code: "DEPENDENCIES_FAILED",
    message:
      "registry.example has no package gone@1.0.0 (E404); check its name and version, or push the package with node_modules",
  });
});

// As npm 11.19 prints them.
test.each([
  [
    "a registry that cannot be reached",
    `npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9
npm error     at onSocketNT (node:_http_client:904:5) {
npm error   code: 'ECONNREFUSED',
npm error }
npm error
npm error If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'`,
    [],
  ],
  [
    "a package that does not exist",
    `npm error code E404
npm error 404 Not Found - GET https://registry.example/npm/gone
npm error 404
npm error 404  The requested resource 'gone@1.0.0' could not be found or you do not have permission to access it.
npm error 404
npm error 404 Note that you can also install from a
npm error 404 tarball, folder, http url, or git url.
npm error Log files were not written due to the config logs-max=0`,
    ["Not Found - GET https://registry.example/npm/gone"],
  ],
  [
    "another machine",
    `npm error code EBADPLATFORM
npm error notsup Unsupported platform for plat@1.0.0: wanted {"os":"darwin"} (current: {"os":"linux"})
npm error notsup Valid os:  darwin
npm error notsup Actual os: linux`,
    [],
  ],
  [
    "a lock file that does not fit",
    `npm error code EUSAGE
npm error
npm error \`npm ci\` can only install packages when your package.json and package-lock.json are in sync. Please
npm error update your lock file with \`npm install\` before continuing.
npm error
npm error Missing: left-pad@1.3.0 from lock file
npm error
npm error Clean install a project
npm error
npm error Usage:
npm error npm ci
npm error
npm error Options:
npm error [--install-strategy <hoisted|nested>] [--legacy-bundling]
npm error
npm error aliases: clean-install, ic
npm error
npm error Run "npm help ci" for more info`,
    ["Missing: left-pad@1.3.0 from lock file"],
  ],
])("linesBesideNpmFailure() leaves out what the sentence says, and advice: %s", (_what, stderr, lines) => {
  expect(linesBesideNpmFailure(stderr, explainNpmFailure(stderr, registry))).toEqual(lines);
});
