import type { Replace } from "./metric-set.ts";

/** Shows of each source that was asked for facts whether it answered in time: 1 or 0. */
export function showSources(show: Replace, facts: Readonly<Record<string, unknown>>): void {
  show(Object.entries(facts).map(([source, found]) => ({ labels: { source }, value: found === undefined ? 0 : 1 })));
}

/** The gauge for `showSources`. */
export const sourcesGauge = {
  name: "sealrun_scrape_source_up",
  help: "1 when this source answered the scrape in time; while it is 0, the metrics that come from it are absent",
  labels: ["source"],
} as const;
