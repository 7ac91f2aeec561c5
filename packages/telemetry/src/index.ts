export { metricsSettings, type MetricsSettings } from "./metrics/settings.ts";
export { createMetricSet, type MetricSet } from "./metrics/metric-set.ts";
export { codeValues, endValues, noCode } from "./metrics/known-values.ts";
export { countStatements } from "./metrics/count-statements.ts";
export { otherValue } from "./metrics/labels.ts";
export { keepFacts } from "./metrics/kept-facts.ts";
export { showSources, sourcesGauge } from "./metrics/show-sources.ts";
export { serveMetrics } from "./metrics/serve-metrics.ts";
