import { expect, test } from "vitest";
import { explainNpmFailure } from "../../../executor/src/dependencies/npm-failure.ts";

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
