import { defaultStepLimits } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { describeExceeded, type Exceeded } from "../../../../executor/src/child/limits/exceeded.ts";

const limits = { ...defaultStepLimits, processes: 5, cpuMs: 1_500, files: 10 };
const cases: readonly (readonly [Exceeded, string, string])[] = [
  [
    { kind: "memory", bytes: 2.5 * 1024 ** 3 },
    "OUT_OF_MEMORY",
    "a.py was ended because its processes used 2.5 GiB of at most 2.0 GiB of memory; raise limits.memory in manifest.json if it needs more",
  ],
  [
    { kind: "processes", count: 6 },
    "TOO_MANY_PROCESSES",
    "a.py was ended because it had 6 of at most 5 processes and threads at once; raise limits.processes in manifest.json if it needs more",
  ],
  [
    { kind: "cpu", ms: 1_730 },
    "CPU_LIMIT",
    "a.py was ended because its processes used 1.73 s of at most 1.5 s of time on processors; raise limits.cpu_time in manifest.json if it needs more",
  ],
  [
    { kind: "disk", bytes: 5 * 1024 ** 3 },
    "DISK_LIMIT",
    "a.py was ended because the work folder had 5.0 GiB of at most 4.0 GiB; raise limits.disk in manifest.json if it needs more",
  ],
  [
    { kind: "files", count: 11 },
    "DISK_LIMIT",
    "a.py was ended because the work folder had 11 of at most 10 files and folders; raise limits.files in manifest.json if it needs more",
  ],
  [
    { kind: "output", bytes: 65 * 1024 ** 2 },
    "OUTPUT_LIMIT",
    "a.py was ended because it wrote 65.0 MiB of at most 64.0 MiB of output, with what each line counts besides; raise limits.output in manifest.json if it needs more",
  ],
];

describe("describeExceeded()", () => {
  test.each(cases)(
    "describeExceeded() says what was used, the limit, and what to do: %o",
    (exceeded, code, message) => {
      expect(describeExceeded("a.py", exceeded, limits)).toMatchObject({ code, message });
    },
  );
});
