import { closeLabels, type LabelSets } from "./labels.ts";

/** What a metric is called and means; units are in the name. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly labels?: LabelSets;
}

/** Labels of one sample. */
type Labels = Readonly<Record<string, string>>;

/** One sample of a gauge. */
interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

/** The metrics of a process, its own (memory, processor time, event loop) included. */
export interface MetricSet {
  /** Adds 1, or `by`, to a counter. */
  readonly counter: (described: Described) => (labels?: Labels, by?: number) => void;
  /**
   * Replaces all samples of a gauge; without samples it is absent. Its labels are not closed: the caller limits how
   * many samples there are.
   */
  readonly gauge: (described: Omit<Described, "labels"> & { readonly labels?: readonly string[] }) => Replace;
  /** Notes one value of a histogram. */
  readonly histogram: (
    described: Described & { readonly buckets: readonly number[] },
  ) => (value: number, labels?: Labels) => void;
  /** Calls `refresh` before each answer; it must end by itself soon. */
  readonly onScrape: (refresh: () => void | Promise<void>) => void;
  /** Everything as text in Prometheus' format. */
  readonly render: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Replaces all samples of a gauge. */
export type Replace = (samples: readonly Sample[]) => void;

/** How often the delay of the event loop is looked at; the delay that is shown includes it. */
const eventLoopMs = 20;

/** A set with the process's own metrics. The library is loaded here, so that a process without metrics does not pay for it. */
export async function createMetricSet(): Promise<MetricSet> {
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await import("prom-client");
  const registry = new Registry();
  const refreshers: (() => void | Promise<void>)[] = [];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopMs });
  const common = { registers: [registry] };
  return {
    counter: ({ labels = {}, ...described }) => {
      const counter = new Counter({ ...described, ...common, labelNames: Object.keys(labels) });
      return (given = {}, by = 1) => counter.inc(closeLabels(labels, given), by);
    },
    gauge: ({ labels = [], ...described }) => {
      const gauge = new Gauge({ ...described, ...common, labelNames: [...labels] });
      const clear = (): void => {
        gauge.reset();
        // A gauge without labels would be 0 then, which is a value.
        if (labels.length === 0) gauge.remove();
      };
      clear();
      return (samples) => {
        clear();
        for (const sample of samples) gauge.set({ ...sample.labels }, sample.value);
      };
    },
    histogram: ({ labels = {}, buckets, ...described }) => {
      const labelNames = Object.keys(labels);
      const histogram = new Histogram({ ...described, ...common, labelNames, buckets: [...buckets] });
      return (value, given = {}) => histogram.observe(closeLabels(labels, given), value);
    },
    onScrape: (refresh) => void refreshers.push(refresh),
    render: async () => {
      await Promise.all(refreshers.map(async (refresh) => refresh()));
      return { contentType: registry.contentType, text: spellNumbers(await registry.metrics()) };
    },
  };
}

/** What was not measured yet is `Nan` in the library's text, and must be `NaN`. */
function spellNumbers(text: string): string {
  return text.replaceAll(/ Nan$/gm, " NaN");
}
