import { hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { judgeMasking, type JsonValue, limits, SealrunError } from "@sealrun/protocol";
import { failClosed } from "./fail-closed.ts";
import { createMaskStream, type MaskStream, pieceBytes } from "./match/mask-stream.ts";
import { bytesIn, fitsEncoded, fitsPlain } from "./match/needle-memory.ts";
import { addNeedles, becomeFull, createNeedleTrie, type NeedleTrie } from "./match/needle-trie.ts";
import { plainNeedlesOf, splitNeedlesOf } from "./forms/needles.ts";

/** Masks the values of one run in everything that leaves it. Keep one per run: it holds the values. */
export interface Masker {
  /**
   * Hides `value` and its encodings from now on, in open streams too. Call it before the script gets the value. Of a
   * form over 64 bytes, a part that starts with the first 64 is hidden too; a part from the middle is not, except whole
   * lines. When encoded forms no longer fit into the memory, only the texts of the value as they are. When those do not
   * fit either, `TOO_MUCH_TO_MASK` is thrown: then do not give the value to the script.
   */
  readonly add: (value: JsonValue) => void;
  /** Hides a value that was taken out of a secret: like `add`, but a common word stays, as it does inside the secret. */
  readonly addPart: (part: JsonValue) => void;
  /** A new stream. Stdout and stderr need one each: a needle is not found across two streams. */
  readonly stream: () => MaskStream;
  /** Masks a whole text. Mask before cutting: a value that was cut is not recognised. */
  readonly maskText: (text: string) => string;
  /** The first `maxLength` characters of what `maskText` returns. Lets other work run every 64 KiB. */
  readonly maskStart: (text: string, maxLength: number) => Promise<string>;
  /** Masks every string, number and key of a whole value. A masked number becomes a string. */
  readonly maskJson: (value: JsonValue) => JsonValue;
  /** What the masker has used so far. */
  readonly use: () => MaskerUse;
}

/** Memory in bytes, the steps of automata, which do not depend on how fast the machine is, and what was masked. */
interface MaskerUse {
  readonly bytes: number;
  readonly steps: number;
  readonly maskedBytes: number;
  readonly replacements: number;
}

/**
 * A masker without values. What it looks for takes at most `maxBytes` of memory; `onFull` is called once, when encoded
 * forms no longer fit. Output that cannot be masked is withheld, never shown.
 */
export function createMasker({
  maxBytes = limits.maskBytes,
  onFull = () => undefined,
}: { readonly maxBytes?: number; readonly onFull?: () => void } = {}): Masker {
  const trie = createNeedleTrie({ maxBytes, onFull });
  const known = new Set<string>();
  const add = (value: JsonValue): void => {
    const digest = hash("sha256", JSON.stringify(value), "base64");
    if (known.has(digest)) return;
    addValue(trie, value);
    known.add(digest);
  };
  return {
    add,
    addPart: (part) => {
      if (!judgeMasking(part).isCommonWord) add(part);
    },
    stream: () => failClosed(createMaskStream(trie)),
    maskText: (text) => maskText(trie, text),
    maskStart: (text, maxLength) => maskStart(trie, text, maxLength),
    maskJson: (value) => {
      try {
        return maskJson(trie, value);
      } catch {
        return "[masking failed, value withheld]";
      }
    },
    use: () => ({
      bytes: bytesIn(trie),
      steps: trie.work.steps,
      maskedBytes: trie.masked.bytes,
      replacements: trie.masked.replacements,
    }),
  };
}

function addValue(trie: NeedleTrie, value: JsonValue): void {
  const { memory } = trie;
  if (!memory.isFull) {
    if (addNeedles(trie, splitNeedlesOf(value), fitsEncoded)) return;
    becomeFull(trie);
  }
  if (addNeedles(trie, { now: plainNeedlesOf(value), later: [] }, fitsPlain)) return;
  throw new SealrunError(
    "TOO_MUCH_TO_MASK",
    `Masking what this run reads and sets needs more than ${memory.maxBytes / (1024 * 1024)} MiB of memory; use fewer or smaller values in one run, and large ones as one string`,
  );
}

function maskText(trie: NeedleTrie, text: string): string {
  const raw = Buffer.from(text);
  const stream = failClosed(createMaskStream(trie));
  const masked = Buffer.concat([stream.write(raw), stream.end("whole")]);
  return masked.equals(raw) ? text : masked.toString();
}

async function maskStart(trie: NeedleTrie, text: string, maxLength: number): Promise<string> {
  const raw = Buffer.from(text);
  const stream = failClosed(createMaskStream(trie));
  const parts: Uint8Array[] = [];
  // No character of a text takes more bytes for each unit of its length.
  let wantedBytes = 3 * (maxLength + 1);
  let from = 0;
  for (; from < raw.length && wantedBytes > 0; from += pieceBytes) {
    const part = stream.write(raw.subarray(from, from + pieceBytes));
    parts.push(part);
    wantedBytes -= part.length;
    await setImmediate();
  }
  const isWhole = from >= raw.length;
  if (isWhole) parts.push(stream.end("whole"));
  const masked = Buffer.concat(parts);
  const isUnchanged = masked.equals(isWhole ? raw : raw.subarray(0, masked.length));
  return (isUnchanged ? text : masked.toString()).slice(0, maxLength);
}

function maskJson(trie: NeedleTrie, value: JsonValue): JsonValue {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return maskText(trie, value);
  if (typeof value === "number") {
    const text = JSON.stringify(value);
    const masked = maskText(trie, text);
    return masked === text ? value : masked;
  }
  if (Array.isArray(value)) return value.map((item) => maskJson(trie, item));
  const members = new Map<string, JsonValue>();
  for (const [key, member] of Object.entries(value)) {
    members.set(freeKey(members, maskText(trie, key)), maskJson(trie, member));
  }
  return Object.fromEntries(members);
}

/** Two keys that are equal after masking must not lose a member. */
function freeKey(members: ReadonlyMap<string, JsonValue>, key: string): string {
  let free = key;
  for (let copy = 2; members.has(free); copy += 1) free = `${key} (${copy})`;
  return free;
}
