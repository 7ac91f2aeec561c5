import { z } from "zod";
import { key32, signature64 } from "../text/bytes-text.ts";

/**
 * The header of a frame: `LP(header) ‖ LP(body) ‖ Ed25519 signature or MAC`, LP being a 4-byte big-endian length and
 * the bytes. The received bytes are verified, then parsed.
 */
export const frameHeader = z.object({
  v: z.literal(1),
  /** The kind of the body, for example `claim.request`. A frame of one kind is never read as another kind. */
  kind: z.string().min(1).max(64),
  /** The NATS subject or HTTP path that the frame was made for. */
  subject: z.string().min(1).max(256),
  /** Id of the key's owner: an executor id, the platform id, or `keyring`. */
  sender: z.string().min(1).max(64),
  requestId: z.string().min(1).max(64),
  /** Milliseconds since 1970 on the sender's clock. */
  time: z.number().int().nonnegative(),
  executionId: z.string().max(64).optional(),
  attempt: z.number().int().positive().optional(),
  /** In a reply: SHA-256 of the request's whole frame, in hex, so that an old reply cannot be replayed. */
  requestDigest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Instead of a signature the frame has a MAC under the key that only sender and receiver have; no other part can check it. */
  proof: z.literal("pair").optional(),
  /** The sender's X25519 public key; a signature proves that it is the sender's. */
  box: key32.optional(),
  /**
   * Beside `box` in a frame with a MAC: the sender's signature over its id and that key, so that a receiver that knows only
   * its Ed25519 key can check the MAC at any time.
   */
  boxSignature: signature64.optional(),
  /** In a request: the key of the receiver that the sender knows, so that the reply may have a MAC. */
  peerBox: key32.optional(),
});
export type FrameHeader = z.infer<typeof frameHeader>;

/** The sender id of the keyring's frames. */
export const keyringSender = "keyring";
