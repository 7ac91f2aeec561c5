import { SealrunError } from "@sealrun/protocol";
import { machineFailure } from "../errno.ts";

/** Codes of Node and npm for a registry that gave no answer. */
const unreachable =
  /^(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|EAI_FAIL|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|EPROTO|E5\d\d|FETCH_ERROR|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

/**
 * Why an `npm ci` failed, from its output: `REGISTRY_UNREACHABLE`, a fault of the machine, or `DEPENDENCIES_FAILED`
 * with npm's first sentence.
 */
export function explainNpmFailure(stderr: string, registry: string): SealrunError {
  const lines = stderr
    .split("\n")
    .flatMap((line) => /^npm error ?(?<said>.*)$/.exec(line.trim())?.groups?.["said"] ?? []);
  const code = lines.map((line) => /^code (\S+)$/.exec(line)?.[1]).find((found) => found !== undefined);
  const sentence = lines
    .filter((line) => !/^(?:code|errno|syscall|path|dest|type|Log files were not written)\b/.test(line))
    .map((line) => line.replace(/^(?:notarget|network|\d{3})\s+/, "").trim())
    .find((line) => line !== "");
  if (code !== undefined && unreachable.test(code)) return registryUnreachable(registry, code, "node_modules");
  const ofMachine = machineFailure(code, { what: "npm" });
  if (ofMachine !== undefined) return ofMachine;
  if (code === "EINTEGRITY") {
    return new SealrunError(
      "DEPENDENCIES_FAILED",
      `A package from ${new URL(registry).host} does not have the hash in package-lock.json (${sentence ?? code}); nothing was installed`,
    );
  }
  if (code === "EUSAGE") {
    return new SealrunError(
      "DEPENDENCIES_FAILED",
      "package-lock.json does not fit package.json; run npm install --package-lock-only and push both",
    );
  }
  return new SealrunError(
    "DEPENDENCIES_FAILED",
    `npm could not install the dependencies: ${sentence ?? "it ended without saying why"}${code === undefined ? "" : ` (${code})`}`,
  );
}

/** The error for a registry that gave no answer, with what to do about it. */
export function registryUnreachable(registry: string, reason: string, vendored: string): SealrunError {
  const advice = /CERT|SIGNATURE|SSL|UNABLE_TO/.test(reason)
    ? "give it the registry's authority with dependencies.extraCaFile"
    : "check its network and its registry setting";
  return new SealrunError(
    "REGISTRY_UNREACHABLE",
    `The executor could not reach ${new URL(registry).host} (${reason}); ${advice}, or push the package with ${vendored}`,
  );
}
