import { createMasker, type Masker } from "../../../executor/src/mask/masker.ts";
import { headBytes, type Needle } from "../../../executor/src/mask/needle.ts";
import { addNeedles, type NeedleTrie } from "../../../executor/src/mask/match/needle-trie.ts";
import { needlesOf } from "../../../executor/src/mask/forms/needles.ts";
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

/** Adds one needle, whatever memory it takes. */
export function addNeedle(trie: NeedleTrie, needle: Needle): void {
  addNeedles(trie, { now: [needle], later: [] }, () => true);
}

/** What a word may stand behind, although it ends with a letter or digit. */
const escape = /(?:\\(?:[bfnrtv]|u[0-9a-f]{4}|x[0-9a-f]{2})|%[0-9a-f]{2}|\p{Cc}\[[0-9;]*m)$/iu;

/**
 * A slow definition of masking: every place of every needle, and of a long needle all bytes that match past its head.
 */
export function slowlyHidden(bytes: Uint8Array, values: readonly JsonValue[]): number[] {
  const text = Buffer.from(bytes).toString("latin1");
  const hidden = Array.from({ length: text.length }, () => 0);
  for (const { bytes: needle, place, head: headLength } of values.flatMap(needlesOf)) {
    const wanted = Buffer.from(needle).toString("latin1");
    const head = wanted.slice(0, headLength);
    for (let at = text.indexOf(head); at !== -1; at = text.indexOf(head, at + 1)) {
      let end = at + head.length;
      while (end < at + wanted.length && text.charAt(end) === wanted.charAt(end - at)) end += 1;
      const isFirst = !/\w/.test(text.charAt(at - 1)) || escape.test(text.slice(Math.max(0, at - 24), at));
      const isAlone = isFirst && !/\w/.test(text.charAt(end));
      if (place === "anywhere" || isAlone) hidden.fill(1, at, end);
    }
  }
  return hidden;
}

/** Hidden places that touch get one mask. */
export function shown(bytes: Uint8Array, hidden: readonly number[]): string {
  const units = Array.from(Buffer.from(bytes).toString("latin1"));
  return units.map((unit, at) => (hidden[at] === 0 ? unit : hidden[at - 1] === 1 ? "" : "***")).join("");
}
