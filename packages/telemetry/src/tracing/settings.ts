import { fields } from "@sealrun/protocol";
import { z } from "zod";

/** Where spans are sent, and of how many traces that begin here. */
export const tracingSettings = fields({
  /** The base address of an OpenTelemetry collector; spans are posted to `/v1/traces` below it. */
  endpoint: z.string().refine(isBase, {
    error: "expected the http or https address of a collector, such as http://127.0.0.1:4318, without login and query,",
  }),
  /** The part of traces without a caller that are sent, 1 without this; a caller's own decision is kept. */
  sampleRatio: z.number().min(0).max(1).optional(),
});
export type TracingSettings = z.infer<typeof tracingSettings>;

/** Where the spans for a collector are posted. */
export function tracesUrl(endpoint: string): string {
  return `${endpoint}${endpoint.endsWith("/") ? "" : "/"}v1/traces`;
}

function isBase(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return false;
  return url.username === "" && url.password === "" && url.search === "" && url.hash === "" && !/[?#]/.test(text);
}
