import { readFileSync } from "node:fs";
import { limits } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { tableRows } from "../support/table-rows.ts";

const page = readFileSync(new URL("../../packages/docs/reference/limits.md", import.meta.url), "utf8");
const source = readFileSync(new URL("../../packages/protocol/src/limits.ts", import.meta.url), "utf8");

/** The comment above each limit gives its reason. */
const reasons = new Map([...source.matchAll(/\/\*\* (.+?) \*\/\s+(\w+):/g)].map(([, reason, name]) => [name, reason]));

describe("limits", () => {
  test("limits are the rows of the reference page, both ways, each with its reason", () => {
    const rows = Object.entries(limits).map(
      ([name, value]) => `\`${name}\` | ${show(name, value)} | ${reasons.get(name)}`,
    );
    expect(tableRows(page)).toEqual(rows);
  });

  test("limits fit each other", () => {
    expect(limits.secretValueBytes).toBeLessThanOrEqual(limits.secretsFileBytes);
    expect(limits.scriptFrameBytes).toBeGreaterThan(limits.secretValueBytes * 6);
    expect(limits.fetchPartBytes * (4 / 3)).toBeLessThan(1_048_576);
    expect(limits.parametersBytes).toBeLessThan(limits.eventBytes);
    expect(limits.safetyPollMs * 3).toBeLessThan(limits.revocationsAgeMs);
    expect(limits.renewMs * 2).toBeLessThan(limits.leaseMs);
  });
});

function show(name: string, value: number): string {
  if (name.endsWith("Ms") && value % 3_600_000 === 0) return `${value / 3_600_000} h`;
  if (name.endsWith("Ms")) return value % 60_000 === 0 ? `${value / 60_000} min` : `${value / 1_000} s`;
  if (!name.endsWith("Bytes")) return value.toLocaleString("en-US");
  if (value % 1_048_576 === 0) return `${value / 1_048_576} MiB`;
  return value % 1_024 === 0 ? `${value / 1_024} KiB` : `${value} bytes`;
}
