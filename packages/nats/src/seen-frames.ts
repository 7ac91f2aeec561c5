import { limits, SealrunError } from "@sealrun/protocol";

const maxFrames = 200_000;

/** Remembers digests of frames for as long as a frame of that age is accepted. */
export interface SeenFrames {
  /** True when the digest is new. Throws `RATE_LIMITED` while too many digests are remembered. */
  add(digest: string, now: number): boolean;
}

/** Creates an empty memory. */
export function createSeenFrames(): SeenFrames {
  const seenAt = new Map<string, number>();
  const keepMs = limits.requestLifetimeMs + limits.clockSkewMs;
  return {
    add(digest, now) {
      // Insertion order is time order, so the oldest come first.
      for (const [old, at] of seenAt) {
        if (at + keepMs > now) break;
        seenAt.delete(old);
      }
      if (seenAt.has(digest)) return false;
      if (seenAt.size >= maxFrames)
        throw new SealrunError("RATE_LIMITED", "Too many requests in a short time; wait a minute");
      seenAt.set(digest, now);
      return true;
    },
  };
}
