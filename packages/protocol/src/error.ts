import { type ErrorCode, errorCodes, type ErrorRow, isErrorCode } from "./error-codes.ts";

/**
 * The one error class. `code` is for programs; `message` is one sentence for people that says what was expected, where,
 * and what to do. It never holds a secret.
 */
export class SealrunError extends Error {
  override readonly name = "SealrunError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message === "" ? errorCodes[code].means : message, options);
    this.code = code;
  }

  /** HTTP status, exit code and retry advice of this error. */
  get row(): ErrorRow {
    return errorCodes[this.code];
  }
}

/**
 * Returns a `SealrunError` as it is. For another error: `DISK_FULL` when the file system reports a full disk, else
 * `INTERNAL`; the given error is its cause, and none of its text is kept.
 */
export function toSealrunError(error: unknown): SealrunError {
  if (error instanceof SealrunError) return error;
  const code = errorCodeOf(error);
  return new SealrunError(code === "ENOSPC" || code === "EDQUOT" ? "DISK_FULL" : "INTERNAL", "", { cause: error });
}

/** The error in another part's answer; `INTERNAL` for a code that is not in the table. */
export function answeredError(said: { readonly code: string; readonly message: string }): SealrunError {
  return new SealrunError(isErrorCode(said.code) ? said.code : "INTERNAL", said.message);
}

/** The code of an error, of this project or of the system (`ENOENT`); undefined when it has none, or is no error. */
export function errorCodeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
