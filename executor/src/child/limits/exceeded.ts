import { SealrunError, showSeconds, showSize, type StepLimits } from "@sealrun/protocol";

/** What a step has used, where it may be more than its limits. */
export type Exceeded =
  | { readonly kind: "memory"; readonly bytes: number }
  | { readonly kind: "processes"; readonly count: number }
  | { readonly kind: "cpu"; readonly ms: number }
  | { readonly kind: "disk"; readonly bytes: number }
  | { readonly kind: "files"; readonly count: number }
  | { readonly kind: "output"; readonly bytes: number };

/** The error of a step that was ended by a limit: what it used, what the limit is, and what to do. */
export function describeExceeded(script: string, exceeded: Exceeded, limits: StepLimits): SealrunError {
  const raise = (field: string): string => `raise limits.${field} in manifest.json if it needs more`;
  switch (exceeded.kind) {
    case "memory":
      return new SealrunError(
        "OUT_OF_MEMORY",
        `${script} was ended because its processes used ${over(exceeded.bytes, limits.memoryBytes, showSize)} of memory; ${raise("memory")}`,
      );
    case "processes":
      return new SealrunError(
        "TOO_MANY_PROCESSES",
        `${script} was ended because it had ${over(exceeded.count, limits.processes, String)} processes and threads at once; ${raise("processes")}`,
      );
    case "cpu":
      return new SealrunError(
        "CPU_LIMIT",
        `${script} was ended because its processes used ${over(exceeded.ms, limits.cpuMs, showSeconds)} of time on processors; ${raise("cpu_time")}`,
      );
    case "disk":
      return new SealrunError(
        "DISK_LIMIT",
        `${script} was ended because the work folder had ${over(exceeded.bytes, limits.diskBytes, showSize)}; ${raise("disk")}`,
      );
    case "files":
      return new SealrunError(
        "DISK_LIMIT",
        `${script} was ended because the work folder had ${over(exceeded.count, limits.files, String)} files and folders; ${raise("files")}`,
      );
    case "output":
      return new SealrunError(
        "OUTPUT_LIMIT",
        `${script} was ended because it wrote ${over(exceeded.bytes, limits.outputBytes, showSize)} of output, with what each line counts besides; ${raise("output")}`,
      );
  }
}

/** `2.1 GiB of at most 2.0 GiB`. */
function over(used: number, limit: number, show: (value: number) => string): string {
  return `${show(used)} of at most ${show(limit)}`;
}
