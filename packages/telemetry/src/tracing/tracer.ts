import { randomBytes } from "node:crypto";
import { isErrorCode, readTraceParent, type TraceContext, writeTraceParent } from "@sealrun/protocol";
import { otherValue } from "../metrics/labels.ts";
import { sendSpans, type SpanLog } from "./send-spans.ts";
import type { TracingSettings } from "./settings.ts";
import type { Span } from "./span.ts";

/** A span to be recorded: it has ended. */
interface RecordedSpan extends Pick<Span, "name" | "startMs" | "fields"> {
  /** The span that it is part of, as `traceparent`. */
  readonly parent: string | undefined;
  /** Now without it. */
  readonly endMs?: number | undefined;
  /** Its own id, when others know it already. */
  readonly spanId?: string | undefined;
  readonly code?: string | undefined;
}

/** The span of a request that starts something. */
export interface BegunSpan {
  /** As `traceparent`: the parent of all that follows. */
  readonly context: string;
  /** Records that the request has been answered, or refused with this code. */
  readonly end: (fields: Span["fields"], code?: string) => void;
}

/** Spans of one process. Present only while tracing is on. */
export interface Tracer {
  /** Continues the caller's trace, or begins one of its own when there is none or its header is not valid. */
  readonly begin: (name: string, callersHeader?: string) => BegunSpan;
  /** Records a span that has ended, if its trace is sampled; does nothing without a parent. */
  readonly record: (span: RecordedSpan) => void;
  readonly close: () => Promise<void>;
}

/** A new random id of a span. */
export function newSpanId(): string {
  return randomId(8);
}

/** Sends the spans of `service` where the settings say. */
export function createTracer(
  settings: TracingSettings,
  part: { readonly service: string; readonly log: SpanLog },
): Tracer {
  const sender = sendSpans({ endpoint: settings.endpoint, ...part });
  const ratio = settings.sampleRatio ?? 1;
  const add = (of: TraceContext, span: Omit<Span, "traceId">): void => {
    if (of.isSampled) sender.add({ ...span, traceId: of.traceId });
  };
  return {
    begin: (name, callersHeader) => {
      const caller = readTraceParent(callersHeader);
      const traceId = caller?.traceId ?? randomId(16);
      const context = { traceId, spanId: newSpanId(), isSampled: caller?.isSampled ?? isChosen(traceId, ratio) };
      const startMs = Date.now();
      return {
        context: writeTraceParent(context),
        end: (fields, code) => {
          const [parentSpanId, endMs] = [caller?.spanId, Date.now()];
          const { spanId } = context;
          add(context, { name, spanId, parentSpanId, startMs, endMs, kind: "server", fields, code: knownCode(code) });
        },
      };
    },
    record: ({ parent, spanId = newSpanId(), endMs = Date.now(), code, ...span }) => {
      const of = readTraceParent(parent);
      if (of === undefined) return;
      add(of, { ...span, spanId, parentSpanId: of.spanId, endMs, kind: "internal", code: knownCode(code) });
    },
    close: sender.close,
  };
}

/** A code may come from another part; anything else must not get into a collector. */
function knownCode(code: string | undefined): string | undefined {
  return code === undefined || isErrorCode(code) ? code : otherValue;
}

/** The same for one trace wherever it is asked: by 52 of its random bits. */
function isChosen(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-13), 16) < ratio * 2 ** 52;
}

function randomId(bytes: number): string {
  for (;;) {
    const id = randomBytes(bytes).toString("hex");
    if (!/^0*$/.test(id)) return id;
  }
}
