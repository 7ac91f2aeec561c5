import { SealrunError } from "@sealrun/protocol";
import { errnoName, machineFailure } from "../errno.ts";
import { registryUnreachable } from "./npm-failure.ts";

const connection =
  /(?<reason>NewConnectionError|ConnectTimeoutError|ReadTimeoutError|SSLError|SSLCertVerificationError|ProxyError|ProtocolError|NameResolutionError|RemoteDisconnected|too many 5\d\d error responses|5\d\d Server Error)/;

/**
 * Why a `pip install` failed, from its output: `REGISTRY_UNREACHABLE`, a fault of the machine, or `DEPENDENCIES_FAILED`
 * with pip's first error.
 */
export function explainPipFailure(output: string, index: string | undefined): SealrunError {
  const lines = output.split("\n").map((line) => line.trim());
  const reason = /\[Errno -?\d+\] ([\w ]+)/.exec(output)?.[1] ?? connection.exec(output)?.groups?.["reason"];
  if (index !== undefined && reason !== undefined && connection.test(output))
    return registryUnreachable(index, reason, "its wheels in wheels/");
  const ofMachine = machineFailure(errnoName(Number(/\[Errno (\d+)\]/.exec(output)?.[1])), { what: "pip" });
  if (ofMachine !== undefined) return ofMachine;
  const said = lines.find((line) => line.startsWith("ERROR: "))?.slice("ERROR: ".length);
  if (/No module named pip/.test(output)) {
    return new SealrunError(
      "INTERPRETER_MISSING",
      "Python has no pip on the executor's machine; install python3-pip there, or set dependencies.pip to a wheel of pip",
    );
  }
  const advice = /No matching distribution|Could not find a version/.test(said ?? "")
    ? index === undefined
      ? "; put its wheel into wheels/"
      : "; only wheels are installed, so that no code of a package runs: choose a version that has a wheel"
    : "";
  return new SealrunError(
    "DEPENDENCIES_FAILED",
    `pip could not install the requirements: ${said ?? "it ended without saying why"}${advice}`,
  );
}
