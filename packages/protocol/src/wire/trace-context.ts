import { z } from "zod";

/** One span of a trace, as W3C Trace Context names it. */
export interface TraceContext {
  /** 32 hex digits, not all 0. */
  readonly traceId: string;
  /** 16 hex digits, not all 0. */
  readonly spanId: string;
  /** Whether its spans are sent to a collector. */
  readonly isSampled: boolean;
}

/** A span as sealrun stores and sends it: a `traceparent` of version 00. */
export const traceParent = z.string().regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/);

const anyVersion =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;
/** More than any version has needed so far. */
const maxLength = 512;

/** The span that a caller's `traceparent` names; undefined for none, and for one that is not valid: it is then ignored. */
export function readTraceParent(header: string | undefined): TraceContext | undefined {
  if (header === undefined || header.length > maxLength) return undefined;
  const { version, traceId = "", spanId = "", flags = "", more } = anyVersion.exec(header)?.groups ?? {};
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** A span as the text that `traceParent` takes. */
export function writeTraceParent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-0${isSampled ? 1 : 0}`;
}
