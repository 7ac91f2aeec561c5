import { z } from "zod";
import type { ErrorCode } from "../error-codes.ts";
import { limits } from "../limits.ts";
import { fields } from "../text/document.ts";
import { showSeconds } from "../text/show-duration.ts";
import { showSize } from "../text/show-size.ts";
import type { EventLimits } from "../wire/event.ts";
import { duration } from "./manifest-fields.ts";

const kibi = 1024;
const bytesPerUnit: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: kibi,
  MiB: kibi ** 2,
  GiB: kibi ** 3,
};
const sizeRule = /^([0-9]{1,12}(?:\.[0-9]{1,3})?) ?(B|[KMG]i?B)$/;
const maxBytes = 1024 * kibi ** 3;
const maxCount = 10_000_000;

/** What one step may use, in the words of manifest.json and of settings. Sizes are bytes once read, times seconds. */
export const limitFields = fields({
  /** Memory of all processes of the step together. */
  memory: size(16 * kibi ** 2).optional(),
  /** Processes and threads that exist at once. */
  processes: count(1).optional(),
  /** Time on processors, of all processes together. */
  cpu_time: duration.refine((seconds) => seconds >= 1, "expected a duration of 1s or more").optional(),
  /** Bytes in the run's work folder, with the package's own files. */
  disk: size(kibi ** 2).optional(),
  /** Files and folders in the run's work folder. */
  files: count(10).optional(),
  /** File descriptors of one process. */
  open_files: count(32).optional(),
  /** Size of `/tmp` and of `/dev/shm`, each. */
  tmp: size(kibi ** 2).optional(),
  /** Stored bytes of output. */
  output: size(kibi).optional(),
});
export type LimitFields = z.infer<typeof limitFields>;

const codes: ReadonlySet<string> = new Set<ErrorCode>([
  "OUT_OF_MEMORY",
  "TOO_MANY_PROCESSES",
  "CPU_LIMIT",
  "DISK_LIMIT",
  "OUTPUT_LIMIT",
]);

/** True for the error of a step that exceeded one of its limits. */
export function isLimitCode(code: string): boolean {
  return codes.has(code);
}

/** Every limit of a step. */
export type StepLimits = { readonly [Name in keyof EventLimits]-?: number };

/** The limits of a step whose package and executor say nothing. */
export const defaultStepLimits: StepLimits = {
  memoryBytes: limits.stepMemoryBytes,
  processes: limits.stepProcesses,
  cpuMs: limits.stepCpuMs,
  diskBytes: limits.stepDiskBytes,
  files: limits.stepFiles,
  openFiles: limits.stepOpenFiles,
  tmpBytes: limits.tmpBytes,
  outputBytes: limits.stepOutputBytes,
};

/** The most that a package may ask for, where the settings say nothing. */
export const maxStepLimits: StepLimits = {
  memoryBytes: limits.maxStepMemoryBytes,
  processes: limits.maxStepProcesses,
  cpuMs: limits.maxStepCpuMs,
  diskBytes: limits.maxStepDiskBytes,
  files: limits.maxStepFiles,
  openFiles: limits.maxStepOpenFiles,
  tmpBytes: limits.maxTmpBytes,
  outputBytes: limits.maxStepOutputBytes,
};

/** The limits that are written there, as steps and events carry them. */
export function readLimits(given: LimitFields): EventLimits {
  const { memory, processes, cpu_time, disk, files, open_files, tmp, output } = given;
  return {
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(processes === undefined ? {} : { processes }),
    ...(cpu_time === undefined ? {} : { cpuMs: Math.round(cpu_time * 1_000) }),
    ...(disk === undefined ? {} : { diskBytes: disk }),
    ...(files === undefined ? {} : { files }),
    ...(open_files === undefined ? {} : { openFiles: open_files }),
    ...(tmp === undefined ? {} : { tmpBytes: tmp }),
    ...(output === undefined ? {} : { outputBytes: output }),
  };
}

/** What is asked for, and of these limits what is not. */
export function withDefaults(asked: EventLimits, defaults: StepLimits): StepLimits {
  return {
    memoryBytes: asked.memoryBytes ?? defaults.memoryBytes,
    processes: asked.processes ?? defaults.processes,
    cpuMs: asked.cpuMs ?? defaults.cpuMs,
    diskBytes: asked.diskBytes ?? defaults.diskBytes,
    files: asked.files ?? defaults.files,
    openFiles: asked.openFiles ?? defaults.openFiles,
    tmpBytes: asked.tmpBytes ?? defaults.tmpBytes,
    outputBytes: asked.outputBytes ?? defaults.outputBytes,
  };
}

/** What is over its maximum, as a phrase: `memory of 16.0 GiB, at most 8.0 GiB`; undefined when nothing is. */
export function describeAbove(asked: EventLimits, max: StepLimits): { field: string; phrase: string } | undefined {
  const rows: readonly (readonly [string, number | undefined, number, (value: number) => string])[] = [
    ["memory", asked.memoryBytes, max.memoryBytes, showSize],
    ["processes", asked.processes, max.processes, String],
    ["cpu_time", asked.cpuMs, max.cpuMs, showSeconds],
    ["disk", asked.diskBytes, max.diskBytes, showSize],
    ["files", asked.files, max.files, String],
    ["open_files", asked.openFiles, max.openFiles, String],
    ["tmp", asked.tmpBytes, max.tmpBytes, showSize],
    ["output", asked.outputBytes, max.outputBytes, showSize],
  ];
  for (const [field, value, most, show] of rows) {
    if (value !== undefined && value > most) return { field, phrase: `${show(value)} is over ${show(most)}` };
  }
  return undefined;
}

/** Bytes, from a number or from text with a unit. */
function size(minBytes: number) {
  const form = `expected a size such as "512MiB" or "2GB", or a number of bytes, from ${showSize(minBytes)} to ${showSize(maxBytes)}`;
  return z.unknown().transform((given, context): number => {
    const bytes = readSize(given);
    if (bytes >= minBytes && bytes <= maxBytes) return Math.round(bytes);
    context.addIssue({ code: "custom", message: form });
    return z.NEVER;
  });
}

function readSize(given: unknown): number {
  if (typeof given === "number") return given;
  const [, amount = "", unit = ""] = typeof given === "string" ? (sizeRule.exec(given) ?? []) : [];
  return amount === "" ? Number.NaN : Number(amount) * (bytesPerUnit[unit] ?? Number.NaN);
}

function count(min: number) {
  const form = `expected a whole number from ${min} to ${maxCount}`;
  return z.int(form).min(min, form).max(maxCount, form);
}
