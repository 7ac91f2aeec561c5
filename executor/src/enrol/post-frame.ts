import { fromBase64, toBase64 } from "@sealrun/crypto";
import { decode, enrolAnswer, type ErrorCode, errorBody, isErrorCode, SealrunError } from "@sealrun/protocol";

const timeoutMs = 30_000;

/**
 * Posts a signed frame to the platform and returns the frame of its answer, unverified. Fails with the platform's own
 * code, with `PLATFORM_UNREACHABLE`, or with `refused` for a refusal without a known code.
 */
export async function postFrame(
  to: { readonly platformUrl: string; readonly path: string },
  frame: Uint8Array,
  refused: ErrorCode,
): Promise<Uint8Array> {
  const response = await fetch(new URL(to.path, to.platformUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ frame: toBase64(frame) }),
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw unreachable(to.platformUrl, error);
  });
  const bytes = new Uint8Array(
    await response.arrayBuffer().catch((error: unknown) => {
      throw unreachable(to.platformUrl, error);
    }),
  );
  if (response.ok) return fromBase64(decode(enrolAnswer, bytes).frame);
  throw readRefusal(bytes, to.platformUrl, refused);
}

function readRefusal(bytes: Uint8Array, url: string, refused: ErrorCode): SealrunError {
  try {
    const { error } = decode(errorBody, bytes);
    return new SealrunError(isErrorCode(error.code) ? error.code : refused, error.message);
  } catch (error) {
    // A proxy's own error page: the platform behind it is away.
    return unreachable(url, error);
  }
}

function unreachable(url: string, cause: unknown): SealrunError {
  return new SealrunError(
    "PLATFORM_UNREACHABLE",
    `No platform answers at ${url}; check the URL, in the enrolment token or the settings, and that the platform runs`,
    { cause },
  );
}
