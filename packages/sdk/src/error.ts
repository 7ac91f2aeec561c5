/**
 * What the SDK throws. `code` is for programs and is one of sealrun's error codes; `message` is one sentence for people
 * and never holds a secret.
 */
export class SealrunError extends Error {
  override readonly name = "SealrunError";
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
