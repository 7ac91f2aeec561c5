import { createMasker, type Masker } from "../../../executor/src/mask/masker.ts";
import { headBytes, type Needle } from "../../../executor/src/mask/needle.ts";
import type { JsonValue } from "@sealrun/protocol";

/** A masker that knows `values`. */
export function maskerOf(...values: readonly JsonValue[]): Masker {
  const masker = createMasker();
  for (const value of values) masker.add(value);
  return masker;
}

/** The output of one stream for `chunks`, to its end, as latin1 so that every byte shows. */
export function streamed(masker: Masker, chunks: readonly Uint8Array[]): string {
  const stream = masker.stream();
  const given = chunks.map((chunk) => stream.write(chunk));
  return Buffer.concat([...given, stream.end()]).toString("latin1");
}

/** `bytes` cut at the given places, which may repeat. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

/** A needle for these bytes, with at most so many in its head. */
export function needleOf(bytes: string | Uint8Array, place: Needle["place"] = "anywhere", head = headBytes): Needle {
  return { bytes: Buffer.from(bytes), place, head };
}
