import { showSources } from "@sealrun/telemetry";
import { expect, test } from "vitest";

test("showSources() shows 1 for a source that answered and 0 for one that did not", () => {
  const shown: unknown[] = [];
  showSources((samples) => shown.push(...samples), { postgres: { rows: 0 }, nats: undefined });
  expect(shown).toEqual([
    { labels: { source: "postgres" }, value: 1 },
    { labels: { source: "nats" }, value: 0 },
  ]);
});
