import type { StepLimits } from "@sealrun/protocol";
import { countsProcessesPerSandbox } from "./limit-means.ts";

/**
 * What `start.sh` sets for the process that becomes the script, as `letter=number` of the shell's `ulimit`. The kernel
 * counts them for each process, so they are ceilings for the time between two looks of the watcher, which counts the
 * whole step: those for memory, processes and time are above its limits, so that it is the watcher that ends the step.
 * Core files are never written, because they would hold secrets. Processes are counted for the sandbox alone since
 * Linux 5.14, and for root not at all; older kernels would count all of the executor's user.
 */
export function shellLimits(limits: StepLimits, kernel: string): string {
  const processes = 2 * limits.processes + 64;
  return [
    "c=0",
    `n=${limits.openFiles}`,
    `t=${Math.ceil(limits.cpuMs / 1_000) + 2}`,
    // Counts what a runtime only reserves, too; Node itself has more than 500 MiB of it.
    `d=${Math.ceil((2 * limits.memoryBytes + 2 * 1024 ** 3) / 1024)}`,
    // In blocks of 512 bytes, also for files in /tmp. A file of that size is over the limit of the folder.
    `f=${Math.ceil((Math.max(limits.diskBytes, limits.tmpBytes) + 1024 ** 2) / 512)}`,
    // The letter of bash, then that of dash; each refuses the other's.
    ...(countsProcessesPerSandbox(kernel) ? [`u=${processes}`, `p=${processes}`] : []),
  ].join(" ");
}
