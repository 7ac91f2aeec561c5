/** One sample of a scrape. */
interface ScrapedSample {
  /** The metric's name, with `_bucket`, `_sum` or `_count` for a part of a histogram. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric of a scrape. */
export interface ScrapedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ScrapedSample[];
}

const help = /^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<help>\S.*)$/;
const type = /^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary)$/;
const sample =
  /^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>.*)\})? (?<value>[+-]?(?:[0-9.]+(?:e[+-]?[0-9]+)?|Inf)|NaN)$/;
const label = /^(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

/** Reads Prometheus' text format 0.0.4 strictly: anything else than a metric's HELP, TYPE and own samples in a row throws. */
export function parseMetrics(text: string): ReadonlyMap<string, ScrapedMetric> {
  if (!text.endsWith("\n")) throw new Error("the text must end with a line feed");
  const metrics = new Map<string, { name: string; type: string; help: string; samples: ScrapedSample[] }>();
  const seen = new Set<string>();
  let described: { readonly name: string; readonly help: string } | undefined;
  let current: { name: string; type: string; help: string; samples: ScrapedSample[] } | undefined;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const found = { help: help.exec(line)?.groups, type: type.exec(line)?.groups, sample: sample.exec(line)?.groups };
    if (found.help !== undefined) described = { name: found.help["name"] ?? "", help: found.help["help"] ?? "" };
    else if (found.type !== undefined) {
      const { name = "", type: kind = "" } = found.type;
      if (described?.name !== name || metrics.has(name)) throw new Error(`a TYPE without its HELP, or twice: ${line}`);
      current = { name, type: kind, help: described.help, samples: [] };
      metrics.set(name, current);
    } else if (found.sample !== undefined && current !== undefined) {
      const { name = "", value = "", labels = "" } = found.sample;
      const isOwn = current.type === "histogram" ? isPartOf(current.name, name) : name === current.name;
      if (!isOwn) throw new Error(`a sample of another metric: ${line}`);
      if (seen.has(`${name}{${labels}}`)) throw new Error(`a sample comes twice: ${line}`);
      seen.add(`${name}{${labels}}`);
      current.samples.push({ name, labels: parseLabels(labels), value: Number(value.replace("Inf", "Infinity")) });
    } else throw new Error(`not a line of the format: ${line}`);
  }
  return metrics;
}

function isPartOf(histogram: string, name: string): boolean {
  return ["_bucket", "_sum", "_count"].some((part) => name === `${histogram}${part}`);
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== "";) {
    const found = label.exec(rest);
    const name = found?.groups?.["name"];
    if (found === null || name === undefined || name in labels) throw new Error(`not labels: ${text}`);
    labels[name] = found.groups?.["value"] ?? "";
    rest = rest.slice(found[0].length);
  }
  return labels;
}

/** The sum of a metric's samples that have these labels; 0 without any. */
export function sumOf(
  metrics: ReadonlyMap<string, ScrapedMetric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const metric = metrics.get(name) ?? metrics.get(name.replace(/_(?:bucket|sum|count)$/, ""));
  const wanted = Object.entries(labels);
  return (metric?.samples ?? [])
    .filter((one) => one.name === name && wanted.every(([key, value]) => one.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
