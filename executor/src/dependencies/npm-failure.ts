import { SealrunError } from "@sealrun/protocol";
import { machineFailure } from "../errno.ts";

/** Codes of Node and npm for a registry that gave no answer. */
const unreachable =
  /^(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|EAI_FAIL|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|EPROTO|E5\d\d|FETCH_ERROR|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

/** Lines that only repeat the error, or advise a person at a terminal. */
const noise = [
  /^(?:code |errno |syscall |path |dest |type |Log files|A complete log|at |[{}]|\w{1,20}: '|If you are behind a proxy)/,
  /^(?:Valid |Actual |The requested resource|Note that you can|tarball, folder|In most cases you|that doesn't exist)/,
  /^(?:`npm ci` can only|update your lock file|Clean install|Usage:|Options:|npm ci$|aliases?:|Run "npm help|\[?-)/,
];

/**
 * Why an `npm ci` failed, from its output: `REGISTRY_UNREACHABLE`, a fault of the machine, or `DEPENDENCIES_FAILED`
 * with npm's first sentence.
 */
export function explainNpmFailure(stderr: string, registry: string): SealrunError {
  const lines = readErrors(stderr);
  const code = lines.map((line) => /^code (\S+)$/.exec(line)?.[1]).find((found) => found !== undefined);
  const sentence = lines
    .filter((line) => !/^(?:code|errno|syscall|path|dest|type|Log files were not written)\b/.test(line))
    .map(withoutClass)
    .find((line) => line !== "");
  if (code !== undefined && unreachable.test(code)) return registryUnreachable(registry, code, "node_modules");
  const ofMachine = machineFailure(code, { what: "npm" });
  if (ofMachine !== undefined) return ofMachine;
  const known = code === undefined ? undefined : explainCode(code, { registry, lines, sentence: sentence ?? code });
  return new SealrunError(
    "DEPENDENCIES_FAILED",
    known ??
      `npm could not install the dependencies: ${sentence ?? "it ended without saying why"}${code === undefined ? "" : ` (${code})`}`,
  );
}

/** What npm says beside the sentence of that error: lines to show. */
export function linesBesideNpmFailure(stderr: string, { code, message }: SealrunError): readonly string[] {
  if (code === "REGISTRY_UNREACHABLE") return [];
  const lines = readErrors(stderr).map(withoutClass);
  return lines.filter((line) => line !== "" && !noise.some((pattern) => pattern.test(line)) && !message.includes(line));
}

function explainCode(
  code: string,
  {
    registry,
    lines,
    sentence,
  }: { readonly registry: string; readonly lines: readonly string[]; readonly sentence: string },
): string | undefined {
  const { host } = new URL(registry);
  switch (code) {
    case "EINTEGRITY":
      return `A package from ${host} does not have the hash in package-lock.json (${sentence}); nothing was installed`;
    case "EUSAGE":
      return "package-lock.json does not fit package.json; run npm install --package-lock-only and push both";
    case "E404": {
      const name = /'(?<name>[^']+)' (?:could not be found|is not in this registry)/.exec(lines.join("\n"))?.groups?.[
        "name"
      ];
      return name === undefined
        ? undefined
        : `${host} has no package ${name} (E404); check its name and version, or push the package with node_modules`;
    }
    case "EBADPLATFORM":
      return `npm could not install the dependencies: ${sentence} (${code}); use a package that runs on the executor's machine, or make it optional`;
    default:
      return undefined;
  }
}

/** The lines that npm marks as errors, without the mark. */
function readErrors(stderr: string): readonly string[] {
  return stderr
    .split("\n")
    .flatMap((line) => /^npm error ?(?<said>.*)$/.exec(line.trim())?.groups?.["said"]?.trim() ?? []);
}

function withoutClass(line: string): string {
  return line.replace(/^(?:notarget|notsup|network|\d{3})(?:\s+|$)/, "").trim();
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
