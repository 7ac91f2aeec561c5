/** What the output has in place of one needle, or of several that touch or overlap. */
const mask = "***";

/** The kept bytes of a stream: some context that was released, then the bytes that are held back. */
export interface MaskWindow {
  readonly bytes: Uint8Array;
  /** 1 for each byte that must not be shown. */
  readonly hidden: Uint8Array;
  /** Hides the bytes from index `start` to before `end`. */
  readonly hide: (start: number, end: number) => void;
  readonly append: (chunk: Uint8Array) => void;
  /** Releases everything before index `limit`, and hidden bytes that follow; keeps the last `contextBytes`. */
  readonly release: (limit: number) => Uint8Array;
  /** How many bytes are held back. */
  readonly heldBytes: () => number;
}

/** Counts what windows have hidden, when it leaves them. */
export interface MaskedCount {
  bytes: number;
  /** Places that show a mask. */
  replacements: number;
}

/** An empty window that adds to `masked`. The last `contextBytes` raw bytes are kept after their release. */
export function createMaskWindow(
  contextBytes: number,
  masked: MaskedCount = { bytes: 0, replacements: 0 },
): MaskWindow {
  // Both are used again and again: a stream that allocated them for each piece would mostly collect garbage.
  let store = new Uint8Array(0);
  let marks = new Uint8Array(0);
  let bytes = store;
  let hidden = marks;
  let released = 0;
  let endsHidden = false;
  /** What was hidden last, so that a needle that grows byte by byte is not hidden again from its start. */
  const last = { start: 0, end: 0 };

  function hide(start: number, end: number): void {
    if (start < last.start || start > last.end) {
      last.start = start;
      last.end = start;
    }
    for (let index = last.end; index < end; index += 1) hidden[index] = 1;
    last.end = Math.max(last.end, end);
  }

  function append(chunk: Uint8Array): void {
    const length = bytes.length + chunk.length;
    if (length > store.length) {
      const size = Math.max(length, 2 * store.length);
      store = resized(bytes, size);
      marks = resized(hidden, size);
    }
    store.set(chunk, bytes.length);
    keep(length);
  }

  function keep(length: number): void {
    bytes = store.subarray(0, length);
    hidden = marks.subarray(0, length);
  }

  function release(limit: number): Uint8Array {
    let end = Math.max(limit, released);
    while (end < bytes.length && hidden[end] === 1) end += 1;
    const given = shown(bytes.subarray(released, end), hidden.subarray(released, end), {
      afterHidden: endsHidden,
      masked,
    });
    if (end > released) endsHidden = hidden[end - 1] === 1;
    const dropped = Math.min(end, Math.max(0, bytes.length - contextBytes));
    const kept = bytes.length - dropped;
    store.copyWithin(0, dropped, bytes.length);
    marks.copyWithin(0, dropped, bytes.length);
    marks.fill(0, kept, bytes.length);
    keep(kept);
    released = end - dropped;
    last.start = 0;
    last.end = 0;
    return given;
  }

  return {
    get bytes() {
      return bytes;
    },
    get hidden() {
      return hidden;
    },
    hide,
    append,
    release,
    heldBytes: () => bytes.length - released,
  };
}

const maskBytes = Buffer.from(mask);

/** One mask per run of hidden bytes, and none for a run that continues the last released one. */
function shown(
  bytes: Uint8Array,
  hidden: Uint8Array,
  { afterHidden, masked }: { readonly afterHidden: boolean; readonly masked: MaskedCount },
): Uint8Array {
  const parts: Uint8Array[] = [];
  let index = 0;
  while (index < bytes.length) {
    const kind = hidden[index] ?? 0;
    const change = hidden.indexOf(1 - kind, index);
    const next = change === -1 ? bytes.length : change;
    if (kind === 0) parts.push(bytes.subarray(index, next));
    else {
      masked.bytes += next - index;
      if (index > 0 || !afterHidden) {
        masked.replacements += 1;
        parts.push(maskBytes);
      }
    }
    index = next;
  }
  return Buffer.concat(parts);
}

function resized(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(bytes);
  return larger;
}
