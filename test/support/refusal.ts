import { SealrunError } from "@sealrun/protocol";

/** The error that an action must end with; any other end is a failure of the test. */
export function refusalOf(action: () => unknown): SealrunError {
  try {
    action();
  } catch (error) {
    if (error instanceof SealrunError) return error;
    throw error;
  }
  throw new TypeError("Expected a refusal, the action succeeded");
}

/** Text as UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A value as the bytes of its JSON text. */
export function jsonBytes(value: unknown): Uint8Array {
  return bytesOf(JSON.stringify(value));
}

/** The error that a promise is refused with; any other end is a failure of the test. */
export async function rejectionOf(promise: Promise<unknown>): Promise<SealrunError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SealrunError) return error;
    throw error;
  }
  throw new TypeError("Expected a refusal, got an answer");
}
