import { encodeJson, parseJson, type ReportItem } from "@sealrun/protocol";
import type { Chunk } from "../../executor/src/supervisor/report/send-chunk.ts";

/** A chunk of these items, as a worker's reports become one. */
export function chunkOf(sequence: number, items: readonly ReportItem[]): Chunk {
  return { sequence, items: encodeJson(items) };
}

/** A chunk with its items in a form that a test can compare. */
export function readChunk(chunk: Chunk | undefined): unknown {
  return chunk === undefined
    ? undefined
    : { sequence: chunk.sequence, items: parseJson(Buffer.from(chunk.items).toString()) };
}
