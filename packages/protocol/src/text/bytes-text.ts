import { z } from "zod";

/** Bytes as standard base64 text with padding. */
export const base64 = z.base64();
/** A SHA-256 digest in lower-case hex. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 digest in hex");
/** A 32-byte key as base64. */
export const key32 = z.base64().length(44);
/** A 64-byte signature as base64. */
export const signature64 = z.base64().length(88);
