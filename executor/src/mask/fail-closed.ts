import type { MaskStream } from "./match/mask-stream.ts";

/**
 * When `stream` fails, gives a notice instead of the bytes. The stream stays failed, because the following bytes could
 * be the rest of a value whose beginning was lost.
 */
export function failClosed(stream: MaskStream): MaskStream {
  let hasFailed = false;

  function attempt(bytes: number, take: () => Uint8Array): Uint8Array {
    const withheldBytes = bytes + (hasFailed ? 0 : stream.heldBytes());
    try {
      if (!hasFailed) return take();
    } catch {
      hasFailed = true;
    }
    if (withheldBytes === 0) return new Uint8Array(0);
    return Buffer.from(`[masking failed, ${withheldBytes} bytes withheld]`);
  }

  return {
    write: (chunk) => attempt(chunk.byteLength, () => stream.write(chunk)),
    flush: () => attempt(0, () => stream.flush()),
    end: (extent) => attempt(0, () => stream.end(extent)),
    heldBytes: () => (hasFailed ? 0 : stream.heldBytes()),
  };
}
