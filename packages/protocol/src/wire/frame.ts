import { z } from "zod";

/**
 * The header of a signed frame: `LP(header) ‖ LP(body) ‖ Ed25519 signature`, LP being a 4-byte big-endian length and
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
});
export type FrameHeader = z.infer<typeof frameHeader>;

/** The sender id of the keyring's frames. */
export const keyringSender = "keyring";
