import { sha256Hex } from "@sealrun/crypto";
import { type JsonValue, limits, SealrunError } from "@sealrun/protocol";
import { needlesOf } from "../../mask/forms/needles.ts";

/** The arrays of the trie take this many bytes for each node, and up to twice as many right after they have grown. */
const nodeBytes = 36;

/** The memory that one run may use to mask values which its scripts set. */
export interface SetBudget {
  /**
   * Counts a value once, and returns the one copy of it to keep, however often it is set; `TOO_MUCH_TO_MASK` when it does
   * not fit, and then it is not counted.
   */
  readonly spend: (value: JsonValue) => JsonValue;
}

/**
 * A budget of `maxBytes`. A masker keeps every form of a value until the run ends, and a script can set values without
 * end. Values that a run reads are bounded by those that are stored.
 */
export function createSetBudget(maxBytes: number = limits.setMaskBytes): SetBudget {
  const kept = new Map<string, JsonValue>();
  let spentBytes = 0;
  return {
    spend: (value) => {
      const digest = sha256Hex(Buffer.from(JSON.stringify(value)));
      const known = kept.get(digest);
      if (known !== undefined) return known;
      const bytes = maskBytes(value);
      if (spentBytes + bytes > maxBytes) {
        throw new SealrunError(
          "TOO_MUCH_TO_MASK",
          `The values that this run has set need more than ${maxBytes / (1024 * 1024)} MiB of memory to be masked; set fewer or smaller values in one run, and large ones as one string`,
        );
      }
      kept.set(digest, value);
      spentBytes += bytes;
      return value;
    },
  };
}

/** An upper bound of the memory that the forms of a value fill in a masker. */
export function maskBytes(value: JsonValue): number {
  let bytes = 0;
  for (const { bytes: needle, head } of needlesOf(value)) {
    bytes += nodeBytes * Math.min(needle.length, head) + (needle.length > head ? needle.length : 0);
  }
  return bytes;
}
