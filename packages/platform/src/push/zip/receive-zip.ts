import type { Readable } from "node:stream";
import { wipe } from "@sealrun/crypto";
import { limits, SealrunError, showBytes } from "@sealrun/protocol";

/**
 * The body of a request, whole; `PACKAGE_INVALID` for one over the limit of a zip, `BAD_REQUEST` for one that was cut short.
 * The pieces it came in are wiped: they may hold plain secrets.
 */
export async function receiveZip(body: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const bytes of piecesOf(body)) {
      size += bytes.length;
      // The rest is read and dropped: many a client reads the answer only when it has sent everything.
      if (size <= limits.zipBytes) chunks.push(bytes);
      else wipe(bytes);
    }
    if (size <= limits.zipBytes) return Buffer.concat(chunks);
    throw new SealrunError(
      "PACKAGE_INVALID",
      `Expected a zip of at most ${showBytes(limits.zipBytes)}; leave out what the scripts do not read`,
    );
  } finally {
    for (const chunk of chunks) wipe(chunk);
  }
}

async function* piecesOf(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) {
      const bytes: Uint8Array = piece;
      yield bytes;
    }
  } catch (cause) {
    throw new SealrunError("BAD_REQUEST", "Expected a whole zip, this one was cut short on its way; send it again", {
      cause,
    });
  }
}
