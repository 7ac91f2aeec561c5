import { judgeMasking, type JsonValue } from "@sealrun/protocol";
import { failClosed } from "./fail-closed.ts";
import { createMaskStream, type MaskStream } from "./match/mask-stream.ts";
import { bytesIn } from "./match/needle-memory.ts";
import { addNeedles, createNeedleTrie, type NeedleTrie } from "./match/needle-trie.ts";
import { splitNeedlesOf } from "./forms/needles.ts";

/** Masks the values of one run in everything that leaves it. Keep one per run: it holds the values. */
export interface Masker {
  /**
   * Hides `value` and its encodings from now on, in open streams too. Call it before the script gets the value. Of a
   * form over 64 bytes, a part that starts with the first 64 is hidden too; a part from the middle is not, except whole
   * lines.
   */
  readonly add: (value: JsonValue) => void;
  /** Hides a value that was taken out of a secret: like `add`, but a common word stays, as it does inside the secret. */
  readonly addPart: (part: JsonValue) => void;
  /** A new stream. Stdout and stderr need one each: a needle is not found across two streams. */
  readonly stream: () => MaskStream;
  /** Masks a whole text. Mask before cutting: a value that was cut is not recognised. */
  readonly maskText: (text: string) => string;
  /** Masks every string, number and key of a whole value. A masked number becomes a string. */
  readonly maskJson: (value: JsonValue) => JsonValue;
  /** What the masker has used so far. */
  readonly use: () => MaskerUse;
}

/** Memory in bytes, and the steps of automata, which do not depend on how fast the machine is. */
interface MaskerUse {
  readonly bytes: number;
  readonly steps: number;
}

/** A masker without values. Output that cannot be masked is withheld, never shown. */
export function createMasker(): Masker {
  const trie = createNeedleTrie();
  const known = new Set<string>();
  const add = (value: JsonValue): void => {
    const text = JSON.stringify(value);
    if (known.has(text)) return;
    addNeedles(trie, splitNeedlesOf(value), Infinity);
    known.add(text);
  };
  return {
    add,
    addPart: (part) => {
      if (!judgeMasking(part).isCommonWord) add(part);
    },
    stream: () => failClosed(createMaskStream(trie)),
    maskText: (text) => maskText(trie, text),
    maskJson: (value) => {
      try {
        return maskJson(trie, value);
      } catch {
        return "[masking failed, value withheld]";
      }
    },
    use: () => ({ bytes: bytesIn(trie), steps: trie.work.steps }),
  };
}

function maskText(trie: NeedleTrie, text: string): string {
  const raw = Buffer.from(text);
  const stream = failClosed(createMaskStream(trie));
  const masked = Buffer.concat([stream.write(raw), stream.end("whole")]);
  return masked.equals(raw) ? text : masked.toString();
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
