import type { Span } from "./span.ts";

const kinds = { internal: 1, server: 2 } as const;
const failed = 2;

/** Spans as OTLP's JSON, for `POST /v1/traces`. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export function writeTraces(service: string, spans: readonly Span[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [attribute("service.name", service)] },
        scopeSpans: [{ scope: { name: "sealrun" }, spans: spans.map(otlpSpan) }],
      },
    ],
  });
}

function otlpSpan({ name, traceId, spanId, parentSpanId, startMs, endMs, kind, fields, code }: Span): object {
  const given = { ...fields, "sealrun.code": code };
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    kind: kinds[kind],
    startTimeUnixNano: nanos(startMs),
    // Two clocks may disagree about what came first.
    endTimeUnixNano: nanos(Math.max(startMs, endMs)),
    attributes: Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [attribute(key, value)])),
    status: code === undefined ? {} : { code: failed, message: code },
  };
}

function attribute(key: string, value: string | number): object {
  if (typeof value === "string") return { key, value: { stringValue: value } };
  return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } };
}

function nanos(ms: number): string {
  return String(BigInt(Math.round(ms)) * 1_000_000n);
}
