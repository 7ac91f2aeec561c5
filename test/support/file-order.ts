import type { TestSpecification, TestSequencer } from "vitest/node";
import { BaseSequencer } from "vitest/node";

/** Files that take a minute or more, most of it waiting but for the first, which has its own group; the longest first. */
const longest = [
  "test/web/browser/pages.test.ts",
  "test/faults/crash-platform.test.ts",
  "test/faults/crash-executor.test.ts",
  "test/faults/executor.test.ts",
  "test/faults/crash-keyring.test.ts",
  "test/soak/soak.test.ts",
  "test/whole/dev.test.ts",
  "test/whole/cron.test.ts",
  "test/faults/postgres.test.ts",
  "test/whole/nothing-lost.test.ts",
  "test/faults/nats.test.ts",
];

/** Projects whose files are clusters under faults. */
const underFaults: readonly string[] = ["faults", "soak"];

/**
 * Files in an order that keeps all cores busy to the end: clusters under faults mostly wait, so they are spread among
 * files that work, the longest first, and none is left for the end.
 */
export class FileOrder extends BaseSequencer implements TestSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waiting = sorted.filter((file) => underFaults.includes(file.project.name) || rank(file) < longest.length);
    const working = sorted.filter((file) => !waiting.includes(file));
    waiting.sort((left, right) => rank(left) - rank(right));
    const step = Math.max(1, Math.floor((working.length * 0.7) / Math.max(1, waiting.length)));
    const spread = waiting.flatMap((file, index) => [file, ...working.slice(index * step, (index + 1) * step)]);
    return [...spread, ...working.slice(waiting.length * step)];
  }
}

function rank({ moduleId }: TestSpecification): number {
  const found = longest.findIndex((path) => moduleId.endsWith(path));
  return found === -1 ? longest.length : found;
}
