/** What the output has in place of one needle, or of several that touch or overlap. */
const mask = "***";

/** The kept bytes of a stream: some context that was released, then the bytes that are held back. */
export interface MaskWindow {
  readonly bytes: Uint8Array;
  /** 1 for each byte that must not be shown. */
  readonly hidden: Uint8Array;
  /** Where `bytes` starts in the stream. */
  readonly offset: number;
  readonly append: (chunk: Uint8Array) => void;
  /** Releases everything before index `limit`, and hidden bytes that follow; keeps the last `contextBytes`. */
  readonly release: (limit: number) => Uint8Array;
  /** How many bytes are held back. */
  readonly heldBytes: () => number;
}

/** An empty window. The last `contextBytes` raw bytes are kept after their release. */
export function createMaskWindow(contextBytes: number): MaskWindow {
  let bytes: Uint8Array = new Uint8Array(0);
  let hidden: Uint8Array = new Uint8Array(0);
  let offset = 0;
  let released = 0;
  let endsHidden = false;

  function append(chunk: Uint8Array): void {
    bytes = joined(bytes, chunk);
    hidden = joined(hidden, new Uint8Array(chunk.length));
  }

  function release(limit: number): Uint8Array {
    let end = Math.max(limit, released);
    while (end < bytes.length && hidden[end] === 1) end += 1;
    const given = shown(bytes.subarray(released, end), hidden.subarray(released, end), endsHidden);
    if (end > released) endsHidden = hidden[end - 1] === 1;
    const dropped = Math.min(end, Math.max(0, bytes.length - contextBytes));
    bytes = bytes.slice(dropped);
    hidden = hidden.slice(dropped);
    offset += dropped;
    released = end - dropped;
    return given;
  }

  return {
    get bytes() {
      return bytes;
    },
    get hidden() {
      return hidden;
    },
    get offset() {
      return offset;
    },
    append,
    release,
    heldBytes: () => bytes.length - released,
  };
}

const maskBytes = Buffer.from(mask);

/** One mask per run of hidden bytes, and none for a run that continues the last released one. */
function shown(bytes: Uint8Array, hidden: Uint8Array, afterHidden: boolean): Uint8Array {
  const parts: Uint8Array[] = [];
  let index = 0;
  while (index < bytes.length) {
    const kind = hidden[index] ?? 0;
    const change = hidden.indexOf(1 - kind, index);
    const next = change === -1 ? bytes.length : change;
    if (kind === 0) parts.push(bytes.subarray(index, next));
    else if (index > 0 || !afterHidden) parts.push(maskBytes);
    index = next;
  }
  return Buffer.concat(parts);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
