/** What a span may say besides its name and times: ids, codes, counts and durations. */
type SpanFields = Readonly<Record<string, string | number | undefined>>;

/** A span that has ended. */
export interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  /** It answers a request from outside, asks another part, or does neither. */
  readonly kind: "server" | "internal";
  readonly fields: SpanFields;
  /** The error code of what failed. */
  readonly code: string | undefined;
}
