import { SealrunError } from "@sealrun/protocol";
import { errnoName, machineFailure } from "../errno.ts";
import { registryUnreachable } from "./npm-failure.ts";

const connection =
  /(?<reason>NewConnectionError|ConnectTimeoutError|ReadTimeoutError|SSLError|SSLCertVerificationError|ProxyError|ProtocolError|NameResolutionError|RemoteDisconnected|too many 5\d\d error responses|5\d\d Server Error)/;

const missing =
  /^ERROR: Could not find a version that satisfies the requirement (?<pin>\S{1,200}) (?:\(from [^:]{1,300} )?\(from versions: (?<versions>[^)]*)\)/;

/** Causes of a conflict that are named. */
const maxCauses = 8;

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
  if (/No module named pip/.test(output)) {
    return new SealrunError(
      "INTERPRETER_MISSING",
      "Python has no pip on the executor's machine; install python3-pip there, or set dependencies.pip to a wheel of pip",
    );
  }
  return new SealrunError(
    "DEPENDENCIES_FAILED",
    explainMissing(lines, index) ?? explainConflict(lines) ?? quote(lines),
  );
}

/** What pip says beside the sentence of that error: lines to show. */
export function linesBesidePipFailure(
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  { code, message }: SealrunError,
): readonly string[] {
  if (code === "REGISTRY_UNREACHABLE") return [];
  const lines = (stderr.trim() === "" ? stdout : stderr).split("\n").map((line) => line.trimEnd());
  const isConflict = explainConflict(stdout.split("\n").map((line) => line.trim())) !== undefined;
  return lines.filter((line) => {
    const said = line.replace(/^(?:ERROR|WARNING): /, "").trim();
    const isRepeated =
      /^(?:Retrying \(|No matching distribution found|Could not find a version|\[notice\])/.test(said) ||
      (isConflict && /^(?:Cannot install |ResolutionImpossible)/.test(said));
    return said !== "" && !isRepeated && !message.includes(said);
  });
}

/** No file of that version fits; pip's own words, `from versions: none`, sound as if the package did not exist. */
function explainMissing(lines: readonly string[], index: string | undefined): string | undefined {
  const found = lines.map((line) => missing.exec(line)?.groups).find((groups) => groups !== undefined);
  if (found === undefined) return undefined;
  const { pin = "", versions = "" } = found;
  const others = versions === "none" ? "" : `, only of the versions ${versions}`;
  return index === undefined
    ? `wheels/ has no wheel of ${pin} that fits the executor's Python and machine${others}; put its wheel into wheels/`
    : `${new URL(index).host} has no wheel of ${pin} that fits the executor's Python and machine${others}; only wheels are installed, so that no code of a package runs: choose a version that has a wheel`;
}

/** Pins that contradict each other; pip lists why after a headline. */
function explainConflict(lines: readonly string[]): string | undefined {
  const start = lines.indexOf("The conflict is caused by:");
  if (start < 0) return undefined;
  const after = lines.slice(start + 1);
  const end = after.indexOf("");
  const causes = after.slice(0, Math.min(end < 0 ? after.length : end, maxCauses));
  return `The versions in requirements.txt contradict each other: ${causes.join("; ")}; change one of them`;
}

function quote(lines: readonly string[]): string {
  const said = lines.find((line) => line.startsWith("ERROR: "))?.slice("ERROR: ".length);
  return `pip could not install the requirements: ${said ?? "it ended without saying why"}`;
}
