import type { Readable } from "node:stream";
import { wipe } from "@sealrun/crypto";
import { limits, SealrunError, showBytes } from "@sealrun/protocol";

/**
 * The whole body of a request. `PACKAGE_INVALID` when it is over the limit of a zip, `BAD_REQUEST` when it was cut
 * short. The received chunks are wiped: they may hold plain secrets.
 */
export async function receiveZip(body: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const bytes of piecesOf(body)) {
      size += bytes.length;
      // The rest is read and dropped: many clients read the answer only after they have sent everything.
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
    throw new SealrunError("BAD_REQUEST", "The zip was cut short on its way; send it again", {
      cause,
    });
  }
}
