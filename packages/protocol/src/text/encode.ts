const encoder = new TextEncoder();

/** A value as the bytes of its JSON text. The counterpart of `decode`. */
export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}
